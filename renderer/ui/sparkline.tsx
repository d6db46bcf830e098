/** How long the last calls took, as a line. */

interface SparklineProps {
  readonly values: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly className?: string;
}

export function Sparkline({ values, width, height, className = '' }: SparklineProps) {
  const shown = values.slice(-40);
  if (shown.length < 2) return null;
  const points = pointsOf(shown, width, height);
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={`shrink-0 ${className}`}
    >
      <polygon points={`1,${height} ${points} ${width - 1},${height}`} fill="currentColor" opacity={0.12} />
      <polyline
        points={points}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.25}
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** The highest value at the top, the newest at the right. */
function pointsOf(values: readonly number[], width: number, height: number): string {
  const most = Math.max(...values, 1);
  const step = (width - 2) / (values.length - 1);
  const y = (value: number) => height - 1.5 - (value / most) * (height - 3);
  return values.map((value, index) => `${(1 + index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
}
