/** Lines that come and go, told apart by sign and colour. */
import type { DiffLine } from './line-diff.ts';
import { plain } from './plain.ts';

const looks = {
  same: 'text-soft',
  added: 'bg-good-wash text-good',
  removed: 'bg-bad-wash text-bad',
  gap: 'text-faint',
} as const;
const signs = { same: ' ', added: '+', removed: '−', gap: ' ' } as const;
const spoken = { same: '', added: 'added: ', removed: 'removed: ', gap: '' } as const;

export function Diff({ lines, label }: { lines: readonly DiffLine[]; label: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="selectable max-h-80 overflow-auto rounded-md bg-sunk py-2 font-mono text-2xs ring-1 ring-inset ring-line"
    >
      {lines.map(({ kind, text }, index) => (
        <div key={index} dir="ltr" className={`flex px-3 whitespace-pre-wrap ${looks[kind]}`}>
          <span aria-hidden className="w-4 shrink-0 select-none">
            {signs[kind]}
          </span>
          <span className="sr-only">{spoken[kind]}</span>
          <bdi className="wrap-anywhere">{plain(text)}</bdi>
        </div>
      ))}
    </div>
  );
}
