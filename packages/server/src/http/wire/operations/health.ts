import type { Operation } from '../operation.ts';

/** Whether the service works. */
export const HEALTH_OPERATIONS: Readonly<Record<'live' | 'ready' | 'status', Operation>> = {
  live: {
    operationId: 'live_health_live_get',
    method: 'get',
    path: '/health/live',
    tag: 'health',
    isLimited: false,
    scope: null,
    summary: 'Tells that the process answers',
    description: 'Does not depend on the database or the payment service.',
    answers: [{ status: 200, description: 'The process answers.', body: 'Live' }],
    problems: [],
  },
  ready: {
    operationId: 'ready_health_ready_get',
    method: 'get',
    path: '/health/ready',
    tag: 'health',
    isLimited: false,
    scope: null,
    summary: 'Tells whether work may be sent here',
    description: 'Independent of the payment service.',
    answers: [
      { status: 200, description: 'Work may be sent here.', body: 'Ready' },
      { status: 503, description: 'The server starts or stops, or the database cannot be written.', body: 'NotReady' },
    ],
    problems: [],
  },
  status: {
    operationId: 'status_health_status_get',
    method: 'get',
    path: '/health/status',
    tag: 'health',
    isLimited: false,
    scope: 'ops:read',
    isOpenToThisMachine: true,
    isHiddenFromPages: true,
    summary: 'Tells the state of the server and of what it depends on',
    description:
      'For operators: answered to requests from the machine itself, unless the server is set otherwise, and never ' +
      'readable by pages of other origins.',
    answers: [
      { status: 200, description: 'The state, good or bad.', body: 'ServerStatus', headers: ['Cache-Control'] },
    ],
    problems: ['not_found'],
  },
};
