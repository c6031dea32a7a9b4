/** A plain table with a caption: what the map shows, in rows. */
import type { ReactNode } from 'react';
import { ScrollRegion } from '../ui/scroll-region.tsx';

interface FactTableProps {
  caption: string;
  columns: readonly string[];
  /** Cells by row; the first cell names the row. */
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}

export function FactTable({ caption, columns, rows }: FactTableProps) {
  return (
    <ScrollRegion label={caption} className="mb-5 overflow-x-auto">
      <table className="w-full border-collapse text-left text-[12.5px]">
        <caption className="mb-1 text-left font-[620] text-[13px] text-ink-2">{caption}</caption>
        <thead>
          <tr className="border-line border-b text-ink-3">
            {columns.map((column) => (
              <th key={column} scope="col" className="whitespace-nowrap py-1 pr-4 font-[560]">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...cells] }) => (
            <tr key={key} className="border-line/60 border-b align-middle">
              <th scope="row" className="whitespace-nowrap py-1 pr-4 font-[600]">
                {name}
              </th>
              {cells.map((cell, at) => (
                <td key={columns[at + 1]} className="max-w-72 break-words py-1 pr-4">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
