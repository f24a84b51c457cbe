import type { ViewRepair } from '../../../ports/admin/view-repair.ts';
import { toReservationRow } from '../../sql/columns.ts';
import { assertBatch, assertRepairPage } from '../../support/arguments.ts';
import type { Access } from '../access.ts';

/** The repair of the view. Write transactions exclude appends of every process. */
export function createViewRepair({ write }: Access): ViewRepair {
  return {
    async put(rows) {
      assertBatch(rows);
      return await write('repairRows', rows.map(toReservationRow));
    },
    async removeOrphans({ after, limit }) {
      assertRepairPage(limit);
      return await write('removeOrphans', { after: after ?? '', limit });
    },
  };
}
