/** Fairlead's mark: the ring that a line runs through. */
export function Mark({ className = '' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" fill="none" aria-hidden className={className}>
      <circle cx="16" cy="16" r="9" stroke="currentColor" strokeWidth="4.5" />
      <path
        d="M2 24c6 0 9-3 12-7s7-9 16-9"
        stroke="var(--color-page)"
        strokeWidth="6"
        strokeLinecap="round"
      />
      <path d="M2 24c6 0 9-3 12-7s7-9 16-9" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
  );
}
