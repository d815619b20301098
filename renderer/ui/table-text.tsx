import Papa from 'papaparse';
import './text-formats.css';

export const mostTableRows = 2_000;
const mostColumns = 100;

export interface Table {
  readonly rows: readonly (readonly string[])[];
  readonly isCut: boolean;
}

/** Reads comma or tab separated values as far as they are shown. */
export function readTable(text: string): Table {
  const { data } = Papa.parse<string[]>(text, { preview: mostTableRows + 1, skipEmptyLines: 'greedy' });
  return { rows: data.slice(0, mostTableRows).map((row) => row.slice(0, mostColumns)), isCut: data.length > mostTableRows };
}

/** Values in rows and columns, the first row as the heading. */
export function TableText({ rows }: Pick<Table, 'rows'>) {
  const [head = [], ...rest] = rows;
  return (
    <table className="table-text selectable">
      <thead>
        <tr>
          {head.map((cell, column) => (
            <th key={column} scope="col">
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rest.map((row, line) => (
          <tr key={line}>
            {row.map((cell, column) => (
              <td key={column} className={/^-?[\d,.]+%?$/u.test(cell) ? 'num' : undefined}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
