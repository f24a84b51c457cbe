import type { TestDatabase } from '@reservations/test-postgres';

/** Every column, key, index and function, as PostgreSQL describes it. */
export async function schemaDescription(database: TestDatabase): Promise<unknown> {
  const columns = await database.query(
    `select table_name, column_name, ordinal_position, data_type, collation_name, is_nullable, column_default
     from information_schema.columns where table_schema = 'public' order by 1, 3`,
  );
  const indexes = await database.query("select indexdef from pg_indexes where schemaname = 'public' order by 1");
  const functions = await database.query(
    "select pg_get_functiondef(oid) as definition from pg_proc where pronamespace = 'public'::regnamespace order by 1",
  );
  return { columns, indexes, functions };
}
