import { LOADERS } from '../contenders/load.ts';
import { perform } from './perform.ts';

await perform(LOADERS);
