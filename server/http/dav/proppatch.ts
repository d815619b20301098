import type { Services } from '../../context.ts';
import type { PropertyChange } from '../../drive/dav/dead-properties.ts';
import { changeProperties } from '../../drive/dav/held.ts';
import type { Place } from '../../drive/dav/places.ts';
import { hrefOf } from './address.ts';
import { sendXml, xmlOf, type Exchange } from './exchange.ts';
import { DavFailure, failureOf } from './failures.ts';
import { liveProperties } from './live-properties.ts';
import { davNamespace, elementsOf, escapeXml, isDavElement, languageOf, writeXml, type XmlElement } from './xml.ts';

/** What a PROPPATCH wants changed, in its order. */
function changesOf(root: XmlElement | null): PropertyChange[] {
  if (root === null || !isDavElement(root, 'propertyupdate')) throw new DavFailure(400, { reason: 'bad_xml' });
  const changes: PropertyChange[] = [];
  for (const step of elementsOf(root)) {
    const kind = isDavElement(step, 'set') ? 'set' : isDavElement(step, 'remove') ? 'remove' : null;
    if (kind === null) continue;
    for (const prop of elementsOf(step).filter((one) => isDavElement(one, 'prop'))) {
      const language = languageOf(prop) ?? languageOf(step) ?? languageOf(root);
      for (const element of elementsOf(prop)) {
        const { namespace, name } = element;
        changes.push(kind === 'set' ? { kind, namespace, name, value: writeXml(element, language) } : { kind, namespace, name });
      }
    }
  }
  if (changes.length === 0) throw new DavFailure(400, { reason: 'bad_xml' });
  return changes;
}

/** PROPPATCH (RFC 4918, section 9.2): all of it or nothing. Properties that the server makes are not changed by anybody. */
export const makeProppatch =
  (services: Services) =>
  async (exchange: Exchange, here: Place): Promise<void> => {
    const { request, response, writer } = exchange;
    const changes = changesOf(await xmlOf(request));
    if (here.kind === 'absent') throw new DavFailure(404);
    if (here.kind === 'top' || here.access.permission !== 'edit') throw new DavFailure(403, { reason: 'permission_missing' });
    const href = hrefOf(here.path, here.row.kind === 'folder');
    const isFixed = ({ namespace, name }: PropertyChange): boolean => namespace === davNamespace && Object.hasOwn(liveProperties, name);
    const fails = changes.some(isFixed);
    if (!fails) {
      const holder = await changeProperties(services, writer, here, changes);
      if (holder !== null) throw failureOf({ key: '', kind: 'refused', reason: 'locked', detail: holder }, href);
    }
    const prop = (change: PropertyChange): string => `<D:prop><${change.name} xmlns="${escapeXml(change.namespace)}"/></D:prop>`;
    const status = (change: PropertyChange): string =>
      !fails
        ? '<D:status>HTTP/1.1 200 OK</D:status>'
        : isFixed(change)
          ? '<D:status>HTTP/1.1 403 Forbidden</D:status><D:error><D:cannot-modify-protected-property/></D:error>'
          : '<D:status>HTTP/1.1 424 Failed Dependency</D:status>';
    const stats = changes.map((change) => `<D:propstat>${prop(change)}${status(change)}</D:propstat>`).join('');
    sendXml(
      response,
      207,
      `<D:multistatus xmlns:D="DAV:"><D:response><D:href>${escapeXml(href)}</D:href>${stats}</D:response></D:multistatus>`,
    );
  };
