/** The mark: a folded letter that runs, the seal its head. */
export function Logo({ size = 48 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 512 512" role="img" aria-label="Hikyaku" className="logo">
      <rect x="16" y="16" width="480" height="480" rx="112" fill="var(--logo-ground)" />
      <path d="M282 276 330 194l96 226h-96z" fill="#b4cbee" />
      <path d="M240 178h98L192 420H86z" fill="#fff" />
      <circle cx="343" cy="113" r="53" fill="#e4573a" />
    </svg>
  );
}
