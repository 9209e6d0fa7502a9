// Admits one host to one share port: PORT ADDRESS.
import { admit } from '#firewall';

const [port = '', host = ''] = process.argv.slice(2);
await admit(Number(port), host);
