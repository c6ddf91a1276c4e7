/** Line icons on a grid of 20, drawn for this page; they take the colour of the text around them. */

import type { ReactNode } from "react";

const icon = (paths: ReactNode) =>
  function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.6"
        strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
        {paths}
      </svg>
    );
  };

export const Logo = ({ size = 24 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" className="logo-ground" />
    <path d="M10 8v16h12" className="logo-letter" />
    <path d="M16 9.5h7M16 15h5" className="logo-mark" />
  </svg>
);

export const Read = icon(<><path d="M5 3h7l3.5 3.5V17H5z" /><path d="M12 3v3.5h3.5M8 10h4.5M8 13h4.5" /></>);
export const History = icon(<><path d="M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7" /><path d="M3.5 3.5V7H7M10 6.5V10l2.5 1.5" /></>);
export const Tools = icon(<><rect x="3" y="3" width="5.5" height="5.5" rx="1.4" /><rect x="11.5" y="3" width="5.5" height="5.5" rx="1.4" /><rect x="3" y="11.5" width="5.5" height="5.5" rx="1.4" /><path d="M14.25 11.5v5.5M11.5 14.25H17" /></>);
export const Account = icon(<><circle cx="10" cy="7" r="3.2" /><path d="M3.8 17c.6-3.2 3.1-5 6.2-5s5.6 1.8 6.2 5" /></>);
export const Plus = icon(<path d="M10 4v12M4 10h12" />);
export const Minus = icon(<path d="M4 10h12" />);
export const Close = icon(<path d="m5 5 10 10M15 5 5 15" />);
export const Check = icon(<path d="m4 10.5 4 4L16 6" />);
export const Copy = icon(<><rect x="7" y="7" width="10" height="10" rx="2" /><path d="M13 7V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v6a2 2 0 0 0 2 2h2" /></>);
export const Download = icon(<path d="M10 3v9.500M6 9l4 4 4-4M3.5 16.500h13" />);
export const Upload = icon(<path d="M10 13V3.500M6 7l4-4 4 4M3.5 13v2a1.5 1.5 0 0 0 1.5 1.500h10a1.5 1.5 0 0 0 1.5-1.500v-2" />);
export const Camera = icon(<><path d="M3 7a1.5 1.5 0 0 1 1.5-1.500H6.500L8 3.500h4l1.5 2h2A1.5 1.5 0 0 1 17 7v8a1.5 1.5 0 0 1-1.5 1.500h-11A1.5 1.5 0 0 1 3 15z" /><circle cx="10" cy="10.8" r="2.8" /></>);
export const LinkIcon = icon(<><path d="M8.5 11.500a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.200l-.8.8" /><path d="M11.5 8.500a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.200l.8-.8" /></>);
export const Chevron = icon(<path d="m6 8 4 4 4-4" />);
export const Up = icon(<path d="m6 12 4-4 4 4" />);
export const Fit = icon(<path d="M3 7V4.500A1.5 1.5 0 0 1 4.5 3H7M13 3h2.500A1.5 1.5 0 0 1 17 4.500V7M17 13v2.500a1.5 1.5 0 0 1-1.5 1.500H13M7 17H4.500A1.5 1.5 0 0 1 3 15.500V13" />);
export const Shade = icon(<><circle cx="10" cy="10" r="6.5" /><path d="M10 3.500v13M10 7h5.500M10 10h6.500M10 13h5.5" /></>);
export const Search = icon(<><circle cx="9" cy="9" r="5" /><path d="m13 13 3.5 3.5" /></>);
export const Trash = icon(<path d="M3.5 5.500h13M8 5.500V3.500h4v2M5 5.500l.7 11h8.600l.7-11M8.5 9v4.500M11.5 9v4.5" />);
export const Sun = icon(<><circle cx="10" cy="10" r="3.2" /><path d="M10 2.500v1.500M10 16v1.500M2.5 10H4M16 10h1.500M4.7 4.700l1 1M14.3 14.300l1 1M4.7 15.300l1-1M14.3 5.700l1-1" /></>);
export const Moon = icon(<path d="M16.5 11.800A6.8 6.8 0 0 1 8.2 3.500a6.8 6.8 0 1 0 8.3 8.300z" />);
export const Screen = icon(<><rect x="2.5" y="4" width="15" height="10" rx="1.5" /><path d="M7.5 17h5" /></>);
export const Keyboard = icon(<><rect x="2" y="5" width="16" height="10" rx="2" /><path d="M5 8.300h.01M8.3 8.300h.01M11.7 8.300h.01M15 8.300h.01M6.5 12h7" /></>);
export const Warning = icon(<path d="M10 3.5 2.5 16.500h15zM10 8v4M10 14.300h.01" />);
export const Key = icon(<><circle cx="6.5" cy="13.5" r="3" /><path d="m8.7 11.3 7.3-7.300M13 7l2.5 2.500M11 9l1.5 1.5" /></>);
export const Chat = icon(<path d="M3 5.500A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.500v7a1.5 1.5 0 0 1-1.5 1.500H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.500zM6.5 7.700h7M6.5 10.500h4.5" />);
export const Code = icon(<path d="m7 6-4 4 4 4M13 6l4 4-4 4" />);
export const Play = icon(<path d="M6 4.500v11l9-5.500z" />);
export const Stop = icon(<rect x="5" y="5" width="10" height="10" rx="1.5" />);
export const Send = icon(<path d="M10 16V4M5 9l5-5 5 5" />);
export const Options = icon(<path d="M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4" />);
export const Empty = icon(<><path d="M3 12.5 5.5 4h9l2.5 8.500V16H3z" /><path d="M3 12.500h4a3 3 0 0 0 6 0h4" /></>);
export const Pencil = icon(<path d="m3.5 16.5.8-3.600L13 4.200a1.7 1.7 0 0 1 2.4 0l.4.4a1.7 1.7 0 0 1 0 2.400l-8.7 8.700zM11.5 5.700l2.8 2.8" />);
export const Receipt = icon(<path d="M5 3.500v13.500l2-1.3 1.5 1.300L10 15.700l1.5 1.3 1.5-1.3 2 1.300V3.500zM7.7 7.500h4.600M7.7 10.700h4.6" />);
export const Card = icon(<><rect x="2.5" y="4.5" width="15" height="11" rx="1.8" /><circle cx="7" cy="9" r="1.5" /><path d="M4.8 13c.3-1.3 1.2-2 2.2-2s1.9.7 2.2 2M12 8.500h3M12 11.500h3" /></>);
export const Barcode = icon(<path d="M3.5 5v10M6 5v10M8 5v10M11 5v10M13 5v10M16.5 5v10" />);
export const Globe = icon(<><circle cx="10" cy="10" r="7" /><path d="M3 10h14M10 3c2.5 2 3.5 4.3 3.5 7s-1 5-3.5 7c-2.5-2-3.5-4.3-3.5-7s1-5 3.5-7z" /></>);
export const Redact = icon(<><path d="M3.5 5.500h13M3.5 14.500h8" /><rect x="3.5" y="8.3" width="13" height="3.4" fill="currentColor" /></>);
export const Formula = icon(<path d="M14.5 4H6l4.5 6L6 16h8.5" />);
export const Chart = icon(<path d="M3.5 3.500v13h13M7 13.500V10M10.5 13.500V6.500M14 13.500V9" />);
export const Molecule = icon(<path d="m10 3.5 5.5 3.200v6.600L10 16.500l-5.5-3.200V6.700zM10 6.500l3 1.700v3.6" />);
export const Music = icon(<><path d="M8 15V5l8-1.500V13.5" /><circle cx="6" cy="15" r="2" /><circle cx="14" cy="13.5" r="2" /></>);
export const Table = icon(<><rect x="3" y="4" width="14" height="12" rx="1.5" /><path d="M3 8h14M8 8v8M3 12h14" /></>);
