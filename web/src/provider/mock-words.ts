// Names for generated data: bands, songs and people that do not exist. Seeded, so that pictures and tests repeat.

/** Numbers in [0, 1) that come in the same order for the same seed (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FIRST =
  'Velvet Silver Paper Northern Quiet Electric Hollow Amber Midnight Lunar Golden Static Crimson Little Broken Distant Marble Secret Salt Winter'.split(
    ' ',
  );
const SECOND =
  'Lanterns Harbour Foxes Satellites Choir Rivers Machines Orchard Sisters Parade Wolves Theory Compass Avenue Kites Engines Gardens Letters Radio Tides'.split(
    ' ',
  );
const VERB = 'Falling Waiting Running Learning Leaving Dancing Burning Sailing Sleeping Turning'.split(' ');
const PLACE = 'Home,to Sea,the Stars,in the Rain,Slowly,All Night,Again,Without You,on Glass,Beneath the Ice'.split(
  ',',
);
const NOUN =
  'Silver Fields,Tiny Rooms,Kerosene,Blue Hour,Paper Boats,Sirens,Afterglow,Telegraph,Concrete Flowers,Moth,Undertow,Signal Fire'.split(
    ',',
  );
const ALBUM =
  'Silver Days,Maps for the Lost,Second Light,Rooms,The Long Way,Weather Reports,Small Hours,Nine Bridges,Low Tide,Hands'.split(
    ',',
  );
const NICKS =
  'alice,bob_the_builder,carol,ghostnote,mixtapemike,vinylvera,dj_anselm,octave,lofi_lena,basement99,quietstorm,trebuchet,mono,needle_drop,riverrat,sevenseas,tapehiss,björn,zoe,hummingbird,oldfriend2000,kassettenkind,nightowl,peppermint'.split(
    ',',
  );
export const HUBS = ['127.0.0.1:8888', 'hub.silverdays.example:8888', 'music.friends.example:7777'] as const;

export type Song = { artist: string; title: string; album: string; seconds: number; track: number };

export function songOf(chance: () => number): Song {
  const artist =
    chance() < 0.5
      ? `${pick(FIRST, chance)} ${pick(SECOND, chance)}`
      : `The ${pick(FIRST, chance)} ${pick(SECOND, chance)}`;
  const title = chance() < 0.55 ? pick(NOUN, chance) : `${pick(VERB, chance)} ${pick(PLACE, chance)}`;
  return {
    artist,
    title,
    album: pick(ALBUM, chance),
    seconds: 110 + Math.floor(chance() ** 2 * 380),
    track: 1 + Math.floor(chance() * 12),
  };
}

export function nickOf(chance: () => number): string {
  const nick = pick(NICKS, chance);
  return chance() < 0.4 ? `${nick}${Math.floor(chance() * 90)}` : nick;
}

export function kbpsOf(chance: () => number): number {
  return pick([128, 128, 160, 192, 192, 192, 256, 320, 320], chance);
}

export function pick<T>(from: readonly T[], chance: () => number): T {
  return from[Math.floor(chance() * from.length)] as T;
}
