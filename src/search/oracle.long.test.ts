// The same as oracle.test.ts with a million file operations, or as many as PEERSHIELD_FUZZ says.
process.env['PEERSHIELD_FUZZ'] ??= '12';
await import('./oracle.test.ts');
