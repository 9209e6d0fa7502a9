// The words of the shields page.
import type { ShieldsPortState, ShieldsTest } from '#api';

export const w = {
  screens: { probe: 'Outside', machine: 'Inside', know: 'Good to know' },
  tests: {
    common: 'Common ports',
    service: 'All service ports',
    windows: 'Windows and printers',
    sharing: 'Sharing ports',
    upnp: 'UPnP',
    own: 'Own list',
    all: 'All ports',
  } satisfies Record<ShieldsTest, string>,
  states: { open: 'open', closed: 'closed', stealth: 'stealth' } satisfies Record<ShieldsPortState, string>,
  means: {
    open: 'Open: a program accepts connections from strangers here.',
    closed: 'Closed: nothing answers, and your provider lets it through: a server could run here.',
    stealth: 'Stealth: no answer at all. To a stranger nobody is here.',
  } satisfies Record<ShieldsPortState, string>,
  unknown: 'not asked yet',
  provisional: 'no answer so far',
  unsure: 'unsure',
  idle: (address: string) => `Ready to look at ${address} from outside.`,
  asking: 'Asking the server who you are …',
  lost: 'The connection to the server is gone.',
  refused: 'This address cannot be tested from here.',
  waiting: (before: number) => `Waiting: ${before} ${before === 1 ? 'test' : 'tests'} before yours.`,
  running: (heard: number, total: number, phase: string) =>
    `${heard} of ${total} ports heard, ${PHASES[phase] ?? phase} …`,
  tryNow: 'Try again',
  choose: 'Which ports shall be asked?',
  consent: (address: string, ports: number) =>
    ports === 1
      ? `By starting you ask this server to search for UPnP at ${address}, your own address, and nowhere else.`
      : `By starting you ask this server to connect to ${address}, your own address and nowhere else, on ${ports.toLocaleString('en')} ports.`,
  start: 'Test my address',
  stop: 'Stop',
  again: 'Test again',
  againPort: (port: number) => `Test port ${port} again`,
  nowIs: (port: number, state: ShieldsPortState) => `Port ${port} is ${state}.`,
  point: 'Point at a square: it says what the port is.',
  ownPorts: 'Ports, like 22, 80, 6346-6350',
  ownWrong: 'Up to 64 ports from 0 to 65535, like 22, 80, 6346-6350.',
  lan: 'This server also tests visitors from its own network.',
  result: 'What a stranger sees',
  grid: 'Ports',
  gridHelp: 'Arrow keys move from port to port.',
  details: 'Port',
  who: 'Usually opened by',
  what: 'What it is',
  close: 'To close it',
  related: 'Related',
  noText: 'We have no text for this port. If it is open, the audit (Inside) says which program holds it.',
  ping: { silent: 'no reply to ping', answers: 'replies to ping', 'not tested': 'ping not tested' },
  unsolicited: (n: number | 'not tested') =>
    n === 'not tested'
      ? 'unsolicited packets not tested'
      : n === 0
        ? 'nothing unsolicited'
        : `${n} unsolicited packets`,
  seconds: (s: number) => `${s.toFixed(1)} s`,
  copyReport: 'Copy text report',
  copied: 'The report is in the clipboard. It names no address.',
  textReport: 'Text report',
  picture: 'Save picture',
  pictureTitle: 'Peershield port report',
  fixes: 'What to do',
  nothingToFix: 'Nothing needs to be done.',
  keeps: 'Leaves alone:',
  upnpResult: 'UPnP from outside',
  upnpSilent: (sent: number) => `No reply to ${sent} searches. Your router does not show its devices to the internet.`,
  upnpAnswers:
    'Something at your address answers UPnP searches from outside. Switch UPnP off towards the internet in the router; an update may be needed. This is what it said:',
  browser: 'What your browser gives away',
  browserSent: 'Sent with every request',
  browserTold: 'Told to any script',
  language: 'languages',
  zone: 'time zone',
  screen: 'screen',
  cookies: 'cookies accepted',
  cores: 'processor cores',
  touch: 'touch points',
  yes: 'yes',
  no: 'no',
  machine: 'Which program holds which port',
  machineAway:
    'The inside of a machine is shown only on that machine: open this page there, by the name localhost, or use "peershield shields audit".',
  listeners: 'Listening',
  connections: 'Talking to the outside',
  noListeners: 'No program listens.',
  noConnections: 'No program keeps a connection to the outside.',
  router: 'Router',
  askRouter: 'Ask the router',
  askRouterMeans:
    'Searches the local network for a router that speaks UPnP and asks it for its address and its mappings.',
  routerSays: (device: string | null, outside: string | null, nat: string) =>
    `${device ?? 'No router answered'}; outside address ${outside ?? 'not known'}; translation: ${nat}.`,
  firewall: 'Host firewall',
  unseen: 'Not seen',
  outside: 'from outside',
  notProbed: 'not tested',
  columns: {
    program: 'program',
    address: 'listens on',
    reach: 'by address',
    filter: 'filter',
    since: 'since',
    remote: 'to',
  },
  reach: { loopback: 'this machine', lan: 'local network', any: 'everywhere' },
  refresh: 'Look again',
  know: 'Good to know',
  proven:
    'Linux is proven in tests; Windows and macOS are read by parsers that were tested on samples only, not on such machines.',
  legend: 'Legend',
};

const PHASES: Record<string, string> = {
  sweep: 'first round',
  sample: 'asking some silent ones again',
  slow: 'the host rations its answers, so slowly',
  again: 'asking early ones again',
};
