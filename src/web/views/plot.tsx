// A chart over time, drawn by uPlot.
import {useEffect, useRef} from 'preact/hooks';
import uPlot from 'uplot';

import {axisTime} from '../base/format';
import {useSize} from '../base/hooks';

export interface Series {
  label: string;
  color: string;  // the name of a custom property
  values: (number | null)[];
}

const HEIGHT = 170;

// Which points to draw, for all would hide the line: those that no line leads
// to.
function lonePoints(plot: uPlot, index: number): number[] {
  const values = plot.data[index];
  const none = (at: number) => values[at] === null || values[at] === undefined;
  const lone: number[] = [];
  for (let i = 0; i < values.length; ++i) {
    if (!none(i) && none(i - 1) && none(i + 1)) lone.push(i);
  }
  return lone;
}

function colorOf(name: string): string {
  // Through an element, because light-dark() is resolved only there.
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const {color} = getComputedStyle(probe);
  probe.remove();
  return color;
}

// Whether something points at a place of the chart.
function markIdle(plot: uPlot) {
  plot.root.classList.toggle('plot-idle', typeof plot.cursor.idx !== 'number');
}

export function Plot({title, starts, series, format, steps}: {
  title: string,
  starts: number[],  // unix seconds
  series: Series[],
  format: (value: number) => string,
  steps?: number[],  // between the lines of the axis; else decimal ones
}) {
  const box = useRef<HTMLDivElement>(null);
  const {width} = useSize(box);
  useEffect(() => {
    if (!box.current || width === 0) return;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      const muted = colorOf('--muted');
      const line = colorOf('--line');
      const axis = {
        stroke: muted,
        grid: {stroke: line, width: 1},
        ticks: {stroke: line, width: 1, size: 4},
        font: '11px system-ui, sans-serif',
      };
      plot = new uPlot({
        width,
        height: HEIGHT,
        cursor: {points: {size: 6}, y: false},
        legend: {live: true},
        hooks: {ready: [markIdle], setCursor: [markIdle]},
        scales: {y: {range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1]}},
        axes: [
          {
            ...axis,
            space: 64,
            size: 40,
            values: (_: uPlot, ticks: number[]) =>
              ticks.map((tick, i) => axisTime(tick, i === 0)),
          },
          {
            ...axis,
            size: 58,
            ...(steps && {incrs: steps}),
            values: (_: uPlot, ticks: number[]) => ticks.map(format),
          },
        ],
        series: [
          {value: '{YYYY}-{MM}-{DD} {HH}:{mm}'},
          ...series.map(one => ({
            label: one.label,
            stroke: colorOf(one.color),
            width: 1.5,
            points: {
              show: true,
              size: 5,
              fill: colorOf(one.color),
              filter: lonePoints,
            },
            spanGaps: false,
            value: (_: uPlot, value: number | null) =>
              value === null ? '' : format(value),
          })),
        ],
      }, [starts, ...series.map(one => one.values)] as uPlot.AlignedData,
      box.current!);
    };
    draw();
    const system = matchMedia('(prefers-color-scheme: light)');
    window.addEventListener('bobbin-theme', draw);
    system.addEventListener('change', draw);
    return () => {
      window.removeEventListener('bobbin-theme', draw);
      system.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, [width, starts, series]);
  return (
    <figure class="plot" role="img" aria-label={title}>
      <figcaption>{title}</figcaption>
      <div ref={box} />
    </figure>
  );
}
