import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer } from '../../app/host-context.tsx';
import { Chip } from '../../ui/badge.tsx';
import { IconButton, LinkButton } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { DriveActions } from '../use-drive-actions.ts';
import { useMemberName } from '../use-names.ts';

const firstShown = 6;

/** Every version of a file, the newest first; each can be saved, and every earlier one brought back. */
export function VersionList({ node, mayEdit, actions }: { node: Node; mayEdit: boolean; actions: DriveActions }) {
  const { t } = useTranslation(['drive', 'ui']);
  const explain = useExplain();
  const format = useFormat();
  const nameOf = useMemberName();
  const { accountId } = useAccount();
  const [all, setAll] = useState(false);
  const answer = useAnswer('drive.versions', { accountId, nodeId: node.id });
  if (answer.isError && answer.data === undefined) {
    return (
      <ErrorNote title={t('versionsFailed')} retry={{ text: t('ui:retry'), onPress: () => void answer.refetch() }}>
        {explain(problemOf(answer.error))}
      </ErrorNote>
    );
  }
  const versions = (answer.data?.versions ?? []).toSorted((a, b) => b.version - a.version);
  const current = versions[0]?.version;
  const shown = all ? versions : versions.slice(0, firstShown);
  return (
    <section className="details-part" aria-label={t('versions')}>
      <h2>
        {t('versions')} <span className="t3 num">{versions.length > 0 && versions.length}</span>
      </h2>
      <ol className="versions">
        {shown.map(({ version, createdBy, createdAt, content }) => (
          <li key={version} className="version" aria-label={t('version', { version })}>
            <span className="num sm t2 version-number">{version}</span>
            <span className="col grow">
              <span className="row sm">
                <span className="cut">{nameOf(createdBy)}</span>
                {version === current && <Chip tone="accent">{t('current')}</Chip>}
              </span>
              <span className="xs t3 num">{[format.stamp(createdAt), format.size(content.sizeBytes)].join(t('dot'))}</span>
            </span>
            <IconButton
              small
              icon="download"
              label={t('downloadVersion', { version })}
              onClick={() => void actions.download([node], version)}
            />
            {mayEdit && version !== current && (
              <IconButton
                small
                icon="history"
                label={t('restoreVersion', { version })}
                onClick={() => void actions.restoreVersion(node, version)}
              />
            )}
          </li>
        ))}
      </ol>
      {shown.length < versions.length && (
        <LinkButton onClick={() => setAll(true)}>{t('moreVersions', { count: versions.length - shown.length })}</LinkButton>
      )}
    </section>
  );
}
