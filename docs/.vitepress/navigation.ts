/** Pages for one kind of reader. */
export interface Section {
  readonly title: string;
  /** Paths from the folder docs, in the order of the side bar. The title of an entry is the first heading of its page. */
  readonly pages: readonly string[];
  /** Pages of the repository outside docs that the site shows, too, from its root. */
  readonly outside?: readonly string[];
}

/** The pages of decisions: they are listed below their overview, in the order of their numbers. */
export const DECISIONS = 'decisions';

/** Every page of the documentation, once. A test compares it with the files. The reference follows it. */
export const NAVIGATION: readonly Section[] = [
  {
    title: 'Start',
    outside: ['README.md'],
    pages: ['sandbox.md', 'glossary.md', 'migrating-from-fastapi.md'],
  },
  {
    title: 'Embed',
    pages: ['embedding.md', 'feed.md'],
  },
  {
    title: 'HTTP API',
    pages: ['http-api.md', 'client.md', 'payment-service.md'],
  },
  {
    title: 'Operate',
    pages: [
      'configuration.md',
      'authentication.md',
      'deploy.md',
      'load-balancers.md',
      'operations.md',
      'metrics.md',
      'scaling.md',
      'high-availability.md',
    ],
    outside: ['SECURITY.md'],
  },
  {
    title: 'Guarantees and performance',
    pages: ['guarantees.md', 'performance.md'],
  },
  {
    title: 'Contribute',
    outside: ['CONTRIBUTING.md'],
    pages: ['ARCHITECTURE.md', 'writing-an-event-store.md', 'store-contract.md', `${DECISIONS}/README.md`],
  },
];
