// What one request knows lies on the request itself. A WeakMap would do as well, but what it holds is given up at whole collections of
// garbage only: each request would be moved along until the next one.

/** @param make what is known at first. @returns the same thing each time for the same request */
export function perRequest<R extends object, V>(make: (request: R) => V): (request: R) => V {
  const name = Symbol('known');
  return (request) => {
    const known = request as Record<symbol, V | undefined>;
    return (known[name] ??= make(request));
  };
}
