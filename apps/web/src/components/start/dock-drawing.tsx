/** The start page's picture: three hulls on their blocks in a dry dock, a crane lowering a container, one network line. */
import { strings } from '../../strings.ts';

/** `cargo`: what stands on deck, by column (0, 1; 0.5 is the middle) and level. */
const HULLS = [
  { x: 200, name: 'node1', ip: '192.168.0.11', cargo: ['nginx 0 0', 'redis 1 0', 'web 0.5 1'] },
  { x: 340, name: 'node2', ip: '192.168.0.12', cargo: ['web 0 0', 'api 1 0'] },
  { x: 480, name: 'node3', ip: '192.168.0.13', cargo: ['python 0 0', 'web 1 0', 'redis 0 1', 'node 1 1'] },
] as const;

const BOX = { width: 48, height: 23 };
const DECK = 336;

function Box({ x, y, label, fresh = false }: { x: number; y: number; label: string; fresh?: boolean }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect
        {...BOX}
        rx="1.5"
        fill={fresh ? 'var(--crane)' : 'var(--surface)'}
        stroke={fresh ? 'var(--crane)' : 'var(--ink-3)'}
        strokeWidth="1.25"
      />
      <text
        x={BOX.width / 2}
        y={15.5}
        textAnchor="middle"
        className="font-mono text-[10.5px]"
        fill={fresh ? 'var(--on-crane)' : 'var(--ink-2)'}
      >
        {label}
      </text>
    </g>
  );
}

function Hull({ x, name, ip, cargo }: (typeof HULLS)[number]) {
  const outline = `M${x - 56} ${DECK}h112l-9 84q-4 36-36 36h-22q-32 0-36-36z`;
  return (
    <g>
      {cargo.map((item) => {
        const [label = '', column, level] = item.split(' ');
        return <Box key={item} x={x - 50 + Number(column) * 52} y={DECK - 25 - Number(level) * 25} label={label} />;
      })}
      <clipPath id={`hull-${name}`}>
        <path d={outline} />
      </clipPath>
      <g clipPath={`url(#hull-${name})`}>
        <rect x={x - 60} y={DECK} width="120" height="66" className="fill-[#1c2f33] dark:fill-[#2a434a]" />
        <rect x={x - 60} y={DECK + 62} width="120" height="5" fill="#f2f4f2" />
        <rect x={x - 60} y={DECK + 67} width="120" height="60" fill="#b5472f" />
      </g>
      <text x={x} y={DECK + 37} textAnchor="middle" className="lettering text-[17px]" fill="#f2f4f2">
        {name}
      </text>
      {[0, 1, 2].map((block) => (
        <rect
          key={block}
          x={x - 13}
          y={DECK + 122 + block * 15}
          width="26"
          height="13"
          fill="var(--bg)"
          stroke="var(--ink-3)"
          strokeWidth="1.25"
        />
      ))}
      <path d={`M${x} 504v30`} stroke="var(--accent)" strokeWidth="1.5" />
      <circle cx={x} cy="534" r="4" fill="var(--accent)" />
      <text x={x} y="560" textAnchor="middle" className="font-mono text-[12.5px]" fill="var(--ink-2)">
        {ip}
      </text>
    </g>
  );
}

function Gantry() {
  const leg = (x: number) => `M${x} 74l-16 158h44l-16-158M${x - 6} 126h24M${x - 12} 180h36`;
  return (
    <g stroke="var(--ink-3)" strokeWidth="1.5" fill="none" strokeLinejoin="round">
      <path d="M28 54h624v20H28z" fill="var(--bg)" />
      <path d="M28 74l20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 20 20 20-20 4 4" />
      <path d={leg(44)} fill="var(--bg)" />
      <path d={leg(624)} fill="var(--bg)" />
      {[32, 68, 612, 648].map((x) => (
        <circle key={x} cx={x} cy="238" r="5.5" fill="var(--bg)" />
      ))}
    </g>
  );
}

export function DockDrawing({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 680 590" role="img" aria-label={strings.landing.drawing} className={className}>
      <Gantry />
      <g className="motion-safe:animate-[lower_9s_ease-in-out_infinite_alternate]">
        <path d="M340 -60v225M340 165l-22 16M340 165l22 16" stroke="var(--ink-3)" strokeWidth="1.5" fill="none" />
        <Box x={316} y={181} label="web" fresh />
      </g>
      <path d="M318 46h44v32h-44z" fill="var(--crane)" />
      <path d="M20 0h640v46H20z" fill="var(--bg)" />
      <path d="M318 46h44v32h-44z" fill="var(--crane)" />
      <path
        d="M0 244h72v86h26v86h26v88h432v-88h26v-86h26v-86h72"
        fill="none"
        stroke="var(--ink)"
        strokeWidth="2.5"
        strokeLinejoin="round"
      />
      <g stroke="var(--blueprint)" strokeWidth="1">
        {[258, 276, 294, 312, 330, 348, 366, 384, 402, 420, 438, 456, 474, 492].map((y) => (
          <path
            key={y}
            d={`M${y < 330 ? 60 : y < 416 ? 86 : 112} ${y}h10M${y < 330 ? 610 : y < 416 ? 584 : 558} ${y}h10`}
          />
        ))}
      </g>
      <path d="M200 534h280" stroke="var(--accent)" strokeWidth="1.5" strokeDasharray="2 5" />
      {HULLS.map((hull) => (
        <Hull key={hull.name} {...hull} />
      ))}
    </svg>
  );
}
