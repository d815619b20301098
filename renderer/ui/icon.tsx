import type { ReactNode } from 'react';

/** Our own drawings on a 24 grid, round ends; drawn at 16 and 18 (20 on the rail). */
const shapes = {
  search: (
    <>
      <circle cx="10.5" cy="10.5" r="6" />
      <path d="m15 15 5 5" />
    </>
  ),
  group: (
    <>
      <circle cx="9" cy="8.5" r="3.5" />
      <path d="M2.5 19.500a6.5 6.5 0 0 1 13 0M15.5 5.300a3.5 3.5 0 0 1 0 6.400M18 14a6.5 6.5 0 0 1 3.5 5.5" />
    </>
  ),
  organisation: <path d="M9.5 4h5v4.500h-5zM3.5 15.500h5V20h-5zM15.5 15.500h5V20h-5zM12 8.500V12M6 15.500V12h12v3.5" />,
  key: (
    <>
      <circle cx="8" cy="15.5" r="4" />
      <path d="m11 12.5 8-8M15.5 8l3 3" />
    </>
  ),
  person: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.5 20a7.5 7.5 0 0 1 15 0" />
    </>
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M3.5 12h17M12 3.500c5 4.7 5 12.3 0 17-5-4.7-5-12.3 0-17z" />
    </>
  ),
  file: <path d="M6 3.500h8l4.5 4.500v12.500H6zM14 3.500V8h4.5" />,
  talk: <path d="M4 5.5h16v11H11l-4.5 3.5v-3.5H4z" />,
  folder: <path d="M3.5 18.5v-13h6l2 2.5h9v10.5z" />,
  device: <path d="M4 5h16v11H4zM9 20h6M12 16v4" />,
  plus: <path d="M12 5v14M5 12h14" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  minimise: <path d="M6 12h12" />,
  maximise: <path d="M6.5 6.500h11v11h-11z" />,
  history: <path d="M4 5v5h5M4.3 9.500A8.3 8.3 0 1 1 4 13.500M12 8v4.500l3 2" />,
  done: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="m8.2 12.3 2.7 2.7 5-5.5" />
    </>
  ),
  dot: <circle cx="12" cy="12" r="2" />,
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5.500M12 7.800v.3" />
    </>
  ),
  down: <path d="m5.5 9.5 6.5 6.5 6.5-6.5" />,
  up: <path d="m5.5 14.5 6.5-6.5 6.5 6.5" />,
  back: <path d="M14.5 5.5 8 12l6.5 6.5" />,
  forward: <path d="m9.5 5.5 6.5 6.5-6.5 6.5" />,
  forbidden: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="m6 6 12 12" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.500L19 7.5" />,
  settings: (
    <>
      <path d="M4 7h9M18 7h2M4 12h2M11 12h9M4 17h9M18 17h2" />
      <circle cx="15.5" cy="7" r="2.3" />
      <circle cx="8.5" cy="12" r="2.3" />
      <circle cx="15.5" cy="17" r="2.3" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5l3.5 2" />
    </>
  ),
  leave: <path d="M14 4.5H5v15h9M10 12h10M16.5 8.5 20 12l-3.5 3.5" />,
  link: <path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l1-1" />,
  lock: <path d="M5.5 10.500h13V20h-13zM8.5 10.500V8a3.5 3.5 0 0 1 7 0v2.5" />,
  trash: <path d="M4.5 6.500h15M9 6.500V4h6v2.500M6.5 6.5 7.3 20h9.400l.8-13.500M10 10.500v5.500M14 10.500v5.5" />,
  details: <path d="M4 5h16v14H4zM14.5 5v14" />,
  download: <path d="M12 4v11M7.5 10.5 12 15l4.5-4.500M5 19.500h14" />,
  upload: <path d="M12 15.500V4.500M7.5 9 12 4.5 16.5 9M5 19.500h14" />,
  move: <path d="M3.5 18.500v-13h6l2 2.500h9v10.500zM9 13.300h6M12.5 10.800l2.5 2.5-2.5 2.5" />,
  more: <path d="M5.5 12h.01M12 12h.01M18.5 12h.01" strokeWidth="2.6" />,
  cloud: <path d="M7 18.500a4.3 4.3 0 0 1-.6-8.550 5.9 5.9 0 0 1 11.3-.2A4.4 4.4 0 0 1 17.5 18.500z" />,
  kept: (
    <>
      <circle cx="12" cy="12" r="9" fill="currentColor" stroke="none" />
      <path d="m7.8 12.4 2.9 2.9 5.5-6" stroke="var(--surface-1)" strokeWidth="2.2" />
    </>
  ),
  sync: <path d="M4.5 12a7.5 7.5 0 0 1 13-5.1L20 9.5M20 4.5v5h-5M19.5 12a7.5 7.5 0 0 1-13 5.1L4 14.5M4 19.5v-5h5" />,
  box: <path d="M4.5 7.5 12 4l7.5 3.500v9L12 20l-7.5-3.500zM4.5 7.5 12 11l7.5-3.500M12 11v9" />,
  sheet: <path d="M6 3.500h8l4.5 4.500v12.500H6zM14 3.500V8h4.500M9 12h6.500v5H9zM9 14.500h6.500M12.2 12v5" />,
  both: <path d="M4 5h16v14H4zM12 5v14" />,
  image: (
    <>
      <path d="M4 5h16v14H4z" />
      <circle cx="9" cy="9.8" r="1.5" />
      <path d="m4.5 17.5 4.5-4 3 2.5 4-4 4 4" />
    </>
  ),
  document: <path d="M6 3.500h8l4.5 4.500v12.500H6zM14 3.500V8h4.500M9 12.500h6.500M9 16h4.5" />,
  program: <path d="M4 5h16v14H4zM4 9h16M8 12.500l2.2 2-2.2 2M12.5 16.500h3.5" />,
  pause: <path d="M8.5 5.500v13M15.5 5.500v13" strokeWidth="2.2" />,
  show: (
    <>
      <path d="M2.5 12C5 7.5 8.3 5.5 12 5.500s7 2 9.5 6.500c-2.5 4.5-5.8 6.5-9.5 6.500S5 16.5 2.5 12z" />
      <circle cx="12" cy="12" r="2.8" />
    </>
  ),
  hide: (
    <>
      <path d="M2.5 12C5 7.5 8.3 5.5 12 5.500s7 2 9.5 6.500c-2.5 4.5-5.8 6.5-9.5 6.500S5 16.5 2.5 12z" />
      <circle cx="12" cy="12" r="2.8" />
      <path d="M4.5 19.5 19.5 4.5" />
    </>
  ),
  shield: <path d="M12 3.5 19 6v5.500c0 4.3-2.8 7.4-7 9-4.2-1.6-7-4.7-7-9V6z" />,
  copy: <path d="M8.5 8.500H20V20H8.500zM15.5 8.500V4H4v11.500h4.5" />,
  bell: <path d="M6.5 16.500V11a5.5 5.5 0 0 1 11 0v5.500M4.5 16.500h15M10.2 19.500h3.6" />,
  'bell-off': <path d="M6.5 16.500V11a5.5 5.5 0 0 1 8.7-4.500M17.5 11v5.500H4.500M10.2 19.500h3.600M4 4l16 16" />,
  attach: (
    <path d="m19.5 11.5-7.7 7.700a4.6 4.6 0 0 1-6.5-6.500l7.9-7.900a3.1 3.1 0 0 1 4.4 4.400l-7.8 7.800a1.6 1.6 0 0 1-2.3-2.300l7-7" />
  ),
  open: <path d="M10 5H4.500v14.500H19V14M14 4.500h5.500V10M19.5 4.5 11 13" />,
  offline: (
    <path d="M3.5 9.500a12.5 12.5 0 0 1 5-2.900M13 6a12.5 12.5 0 0 1 7.5 3.500M7 13.300a7.5 7.5 0 0 1 3.5-2M15 12a7.5 7.5 0 0 1 2 1.300M12 18v.3M4 4l16 16" />
  ),
  error: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7.500v5.500M12 16v.3" />
    </>
  ),
  home: <path d="M4 11 12 4.500 20 11v8.500H4zM9.5 19.500V14h5v5.500" />,
  trial: <path d="M9.5 3.500h5M10.5 3.500v6L5 19.500h14l-5.500-10v-6M8 15h8" />,
  list: <path d="M9 7h11M9 12h11M9 17h11M4.5 7h.1M4.5 12h.1M4.5 17h.1" />,
  warning: <path d="M12 4 21 19.500H3zM12 10v4.500M12 17v.3" />,
  'new-room': (
    <>
      <path d="M12 5H4v11.5h2.5V20l4.5-3.5h9V12" />
      <path d="M18 3.5v6M15 6.5h6" />
    </>
  ),
  rename: <path d="M4.5 19.5v-4L16 4l4 4L8.500 19.500zM13.5 6.500l4 4" />,
  cut: (
    <>
      <circle cx="6.5" cy="6.5" r="2.5" />
      <circle cx="6.5" cy="17.5" r="2.5" />
      <path d="M8.6 8 19.5 17.500M8.6 16 19.5 6.500" />
    </>
  ),
  pin: (
    <>
      <path d="M9 4h6l-.7 6 3.2 3.5H6.500L9.7 10z" />
      <path d="M12 13.500V20.5" />
    </>
  ),
  mention: (
    <>
      <circle cx="12" cy="12" r="3.5" />
      <path d="M15.5 8.500v4.500a2.5 2.5 0 0 0 5 0v-1a8.5 8.5 0 1 0-3.5 6.9" />
    </>
  ),
  send: (
    <>
      <path d="M4 12 20 4.5 14.5 20l-3-6.500z" />
      <path d="m11.5 13.5 4-4.5" />
    </>
  ),
  'folder-limited': (
    <>
      <path d="M3.5 18.5v-13h6l2 2.5h9v4M3.500 18.500h9" />
      <path d="M15 16.500h6V21h-6zM16.3 16.500v-1.200a1.700 1.700 0 0 1 3.400 0v1.200" />
    </>
  ),
  'folder-read': (
    <>
      <path d="M3.5 18.5v-13h6l2 2.5h9v4M3.500 18.500h8" />
      <path d="M13 17.800c1.200-2 2.700-3 4.500-3s3.300 1 4.500 3c-1.200 2-2.700 3-4.500 3s-3.300-1-4.500-3z" />
      <circle cx="17.5" cy="17.8" r=".9" />
    </>
  ),
  star: <path d="m12 4 2.500 5.200 5.700.7-4.200 3.900 1.100 5.700L12 16.700l-5.100 2.800L8 13.800 3.800 9.900l5.700-.7z" />,
  starred: (
    <path d="m12 4 2.500 5.200 5.700.7-4.200 3.900 1.100 5.700L12 16.700l-5.100 2.800L8 13.800 3.800 9.900l5.700-.7z" fill="currentColor" />
  ),
  tiles: <path d="M4.500 4.500h6v6h-6zM13.500 4.500h6v6h-6zM4.500 13.500h6v6h-6zM13.500 13.500h6v6h-6z" />,
  paste: <path d="M8.500 5.500H5.500V20h13V5.500h-3M8.500 4h7v3.500h-7z" />,
  unlock: <path d="M5.5 10.500h13V20h-13zM8.5 10.500V8a3.500 3.500 0 0 1 6.700-1.400" />,
  unpin: (
    <>
      <path d="M9 4h6l-.7 6 3.2 3.500H6.500L9.7 10zM12 13.500v7" />
      <path d="M4 4l16 16" />
    </>
  ),
  refresh: <path d="M19.500 12a7.500 7.500 0 1 1-2.200-5.300L19.500 9M19.500 4.500V9H15" />,
  share: (
    <>
      <circle cx="9" cy="8.5" r="3.5" />
      <path d="M2.500 19.500a6.500 6.500 0 0 1 12-3.500M18 14v6M15 17h6" />
    </>
  ),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

/** One icon. Decoration unless `label` names it for those who hear the screen. */
export function Icon({ name, size = 18, label, className }: { name: IconName; size?: number; label?: string; className?: string }) {
  return (
    <svg
      className={className}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={size >= 18 ? 1.75 : 1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {shapes[name]}
    </svg>
  );
}
