// Bodies that no form of ours sends, by what is wrong with them. The form token is right, so that they get as far as they can.

export type Body = { body: string | Buffer | FormData; type?: string; encoding?: string };

const form = 'application/x-www-form-urlencoded';
const names = ['email', 'identifier', 'phone', 'code', 'country', 'shared', 'choice', 'decision', 'share', 'known', 'suggested'];
const huge = 'x'.repeat(1_000_000);

/** A form with every field that any page knows. */
const fill = (write: (name: string) => string) => (csrf: string) => ({ body: `csrf=${csrf}&${names.map(write).join('&')}`, type: form });

/** What a form without fields of its own takes for good input is not among these. */
export const unreadableBodies: Record<string, (csrf: string) => Body> = {
  'nothing at all': () => ({ body: '', type: form }),
  'a megabyte': (csrf) => ({ body: `csrf=${csrf}&email=${huge}&code=${huge}`, type: form }),
  'the token twice': (csrf) => ({ body: `csrf=${csrf}&csrf=${csrf}`, type: form }),
  JSON: (csrf) => ({ body: JSON.stringify({ csrf, email: 'a@b.example' }), type: 'application/json' }),
  multipart(csrf) {
    const body = new FormData();
    body.set('csrf', csrf);
    body.set('email', 'a@b.example');
    return { body };
  },
  'a form without a type': (csrf) => ({ body: Buffer.from(`csrf=${csrf}&email=a`) }),
  'a type that is none': (csrf) => ({ body: `csrf=${csrf}`, type: '////' }),
  'what claims to be compressed and is not': (csrf) => ({ body: `csrf=${csrf}`, type: form, encoding: 'gzip' }),
  'a compression that nobody knows': (csrf) => ({ body: `csrf=${csrf}`, type: form, encoding: 'x-none' }),
};

export const badBodies: Record<string, (csrf: string) => Body> = {
  ...unreadableBodies,
  'nothing but the token': (csrf) => ({ body: `csrf=${csrf}`, type: form }),
  'empty fields': fill((name) => `${name}=`),
  'long fields': fill((name) => `${name}=${'9'.repeat(1200)}`),
  'fields twice': fill((name) => `${name}=a%40b.example&${name}=c`),
  arrays: fill((name) => `${name}[]=a&${name}[0]=b`),
  objects: fill((name) => `${name}[toString]=a&${name}[__proto__][x]=b&__proto__[${name}]=c`),
  NUL: fill((name) => `${name}=%00a%00`),
  'invalid percent-encoding': fill((name) => `${name}=%zz%4%`),
  'percent-encoded invalid UTF-8': fill((name) => `${name}=%ff%c3%28`),
  'bidi marks and line breaks': fill((name) => `${name}=a%E2%80%AE%0D%0Ab%40c.example`),
  'invalid UTF-8': (csrf) => ({ body: Buffer.concat([Buffer.from(`csrf=${csrf}&email=`), Buffer.from([0xff, 0xc3, 0x28])]), type: form }),
  'a form in another charset': (csrf) => ({ body: `csrf=${csrf}&email=a`, type: `${form}; charset=nonsense` }),
};
