/** Thrown by a tool that opens a SQLite file which is not there: tools make no database. */
export class DatabaseNotFoundError extends Error {
  readonly code = 'database_not_found';

  constructor(path: string) {
    super(`There is no database at ${path}. --db names it; nothing was made.`);
    this.name = 'DatabaseNotFoundError';
  }
}
