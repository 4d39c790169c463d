/**
 * What names and deadlines are made of given times, once for each time zone: a Node of its own, since within Jest a zone
 * cannot be set. Arguments: the times in ms as JSON, then the zones; prints one JSON line a zone.
 */
import { after } from '../../src/domain/deadlines';
import { nameFromBase } from '../../src/domain/names';

export interface TimesInZone {
  zone: string;
  /** Of midsummer and midwinter: shows that the zone holds. */
  offsetsMinutes: number[];
  names: string[];
  deadlines: string[];
}

const [, , times = '[]', ...zones] = process.argv;
const timesMs = JSON.parse(times) as number[];
for (const zone of zones) {
  process.env.TZ = zone;
  const told: TimesInZone = {
    zone,
    offsetsMinutes: [0, 6].map((month) => new Date(2026, month, 15).getTimezoneOffset()),
    names: timesMs.map((ms) => nameFromBase('iris', new Date(ms), 'k3v9x0qz')),
    deadlines: timesMs.map((ms) => after(ms, 86_400)),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
