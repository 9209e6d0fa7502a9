import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { bytesOf } from '#base';
import { askRouter, locationOf, natKind, parseGateway } from './router.ts';

const TYPE = 'urn:schemas-upnp-org:service:WANIPConnection:1';
const DESCRIPTION = `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>Box &amp; Co</friendlyName>
<serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType><controlURL>/l3</controlURL></service>
<service><serviceType>${TYPE}</serviceType><controlURL>/control</controlURL></service></serviceList></device></root>`;
const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
const FAULT = envelope('<s:Fault><detail><UPnPError><errorCode>713</errorCode></UPnPError></detail></s:Fault>');
const mapping = (outside: number, client: string, about: string): string =>
  envelope(
    `<u:R xmlns:u="${TYPE}"><NewRemoteHost></NewRemoteHost><NewExternalPort>${outside}</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>${outside}</NewInternalPort><NewInternalClient>${client}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>${about}</NewPortMappingDescription><NewLeaseDuration>0</NewLeaseDuration></u:R>`,
  );

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function fakeIgd(t: TestContext, answer: Answer): Promise<URL> {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/desc.xml`);
}

/** A router with an outside address and mappings. */
function router(outside: string, mappings: readonly string[]): Answer {
  return async (request, response) => {
    const body = await text(request);
    const action = String(request.headers['soapaction'] ?? '');
    if (request.url === '/desc.xml') return response.end(DESCRIPTION);
    if (action.includes('GetExternalIPAddress'))
      return response.end(envelope(`<u:R><NewExternalIPAddress>${outside}</NewExternalIPAddress></u:R>`));
    const at = Number(/<NewPortMappingIndex>(\d+)</.exec(body)?.[1]);
    const found = mappings[at];
    if (found === undefined) return response.writeHead(500).end(FAULT);
    return response.end(found);
  };
}

test('the mappings of a router are listed, ours and foreign ones told apart', async (t) => {
  const location = await fakeIgd(
    t,
    router('8.8.8.8', [mapping(6699, '127.0.0.1', 'peershield'), mapping(3389, '192.168.1.77', 'evil\u001b[31m')]),
  );
  const seen = await askRouter({ search: async () => location, gateway: '192.168.1.1' });
  assert.equal(seen.device, 'Box & Co');
  assert.deepEqual([seen.outside, seen.nat], ['8.8.8.8', 'nat']);
  assert.deepEqual(
    seen.mappings.map(({ outside, client, ours }) => [outside, client, ours]),
    [
      [6699, '127.0.0.1', true],
      [3389, '192.168.1.77', false],
    ],
  );
  assert.ok(!seen.mappings[1]?.about.includes('\u001b'));
});

test('an outside address that is itself private or shared means a second NAT', () => {
  assert.equal(natKind('192.168.0.10', []), 'double nat');
  assert.equal(natKind('100.70.1.2', []), 'provider nat');
  assert.equal(natKind('8.8.8.8', []), 'nat');
  assert.equal(natKind('8.8.8.8', ['8.8.8.8']), 'none');
  assert.equal(natKind(null, []), 'not known');
});

test('without a router that answers, it is said that NAT-PMP and PCP cannot list', async () => {
  const seen = await askRouter({ search: async () => null, gateway: null });
  assert.deepEqual(seen.mappings, []);
  assert.match(seen.notes.join(), /NAT-PMP and PCP .*cannot list/);
});

test('a gateway that speaks NAT-PMP only still says its outside address', async (t) => {
  const gateway = createSocket('udp4').bind(0, '127.0.0.1');
  await once(gateway, 'listening');
  t.after(() => gateway.close());
  gateway.on('message', (_, { port }) =>
    gateway.send(Uint8Array.of(0, 128, 0, 0, 0, 0, 0, 9, 100, 64, 3, 4), port, '127.0.0.1'),
  );
  const seen = await askRouter({ search: async () => null, gateway: '127.0.0.1', natPmpPort: gateway.address().port });
  assert.deepEqual([seen.outside, seen.nat], ['100.64.3.4', 'provider nat']);
});

const BROKEN: [name: string, listener: Answer][] = [
  ['redirects', (_, response) => void response.writeHead(302, { location: 'http://192.0.2.1/' }).end()],
  [
    'sends without end',
    (_, response) => {
      response.on('error', () => {});
      const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
      more();
    },
  ],
  [
    'names a control on another host',
    (_, response) => void response.end(DESCRIPTION.replace('/control', 'http://192.0.2.1/control')),
  ],
  ['is no UPnP device', (_, response) => void response.end('<html>')],
  ['ends in the middle', (_, response) => void response.socket?.destroy()],
];
for (const [name, listener] of BROKEN)
  test(`a router that ${name} is a note, not a failure`, async (t) => {
    const location = await fakeIgd(t, listener);
    const seen = await askRouter({ search: async () => location, gateway: null });
    assert.equal(seen.notes.length, 1);
    assert.deepEqual(seen.mappings, []);
  });

test('a router that never stops listing is cut', async (t) => {
  const location = await fakeIgd(t, async (request, response) => {
    await text(request);
    if (request.url === '/desc.xml') return void response.end(DESCRIPTION);
    response.end(
      String(request.headers['soapaction']).includes('External') ? envelope('') : mapping(1, '10.0.0.1', 'x'),
    );
  });
  assert.equal((await askRouter({ search: async () => location, gateway: null })).mappings.length, 512);
});

const reply = (location: string): Uint8Array => bytesOf(`HTTP/1.1 200 OK\r\nLOCATION: ${location}\r\n\r\n`);

test('a reply sends us to its own sender on the local network and nowhere else', () => {
  assert.equal(locationOf(reply('http://192.168.1.1:5000/d.xml'), '192.168.1.1')?.port, '5000');
  for (const location of [
    'http://192.168.1.2/d.xml',
    'https://192.168.1.1/d.xml',
    'http://evil.example/',
    'file:///etc/passwd',
    '',
  ])
    assert.equal(locationOf(reply(location), '192.168.1.1'), null, location);
  assert.equal(locationOf(reply('http://8.8.8.8/d.xml'), '8.8.8.8'), null);
  assert.equal(locationOf(bytesOf('nonsense'), '192.168.1.1'), null);
});

test('the default gateway is read from the routing table', () => {
  const table = 'Iface\tDestination\tGateway \tFlags\neth0\t0001A8C0\t00000000\t0001\neth0\t00000000\t0101A8C0\t0003\n';
  assert.equal(parseGateway(table), '192.168.1.1');
  assert.equal(parseGateway('Iface\tDestination\n'), null);
});
