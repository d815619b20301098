import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Post, PostKind } from '#shared/model/profile.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Input, Select, Switch } from '../../ui/input.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Note } from '../../ui/note.tsx';
import { FormDialog, FormSelect, type FormValues } from '../app/form.tsx';
import { Answered, Page } from '../app/page.tsx';
import { useAct, useAnswer } from '../app/use-server.tsx';
import { useRules } from './use-rules.ts';

const kinds = ['position', 'level', 'user_type'] as const;
const switches = { position: 'positions', level: 'levels', user_type: 'userTypes' } as const;

interface Editing {
  readonly kind: PostKind;
  /** Null for a new one. */
  readonly post: Post | null;
}

/** Positions, levels and user types, each with its switch and its order (ADM-07, ADM-09). */
export function PostsScreen() {
  const { t } = useTranslation('people');
  const answer = useAnswer('post.list', {});
  const [editing, setEditing] = useState<Editing | null>(null);
  return (
    <Page title={t('posts')}>
      <Answered answer={answer}>
        {({ posts }) => (
          <div className="page-scroll narrow">
            {kinds.map((kind) => (
              <Kind
                key={kind}
                kind={kind}
                posts={posts.filter((post) => post.kind === kind).toSorted((a, b) => a.order - b.order)}
                onEdit={(post) => setEditing({ kind, post })}
              />
            ))}
          </div>
        )}
      </Answered>
      {editing !== null && <PostForm {...editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

function Kind({ kind, posts, onEdit }: { kind: PostKind; posts: readonly Post[]; onEdit: (post: Post | null) => void }) {
  const { t } = useTranslation(['people', 'console']);
  const rules = useRules();
  const update = useAct('post.update');
  const remove = useAct('post.delete');
  const isUsed = rules.policy?.directory[switches[kind]] ?? true;
  /** Trades places with the neighbour: both get the other's number, or new ones where they were equal. */
  const shift = async (at: number, by: -1 | 1) => {
    const order = posts.map(({ id }) => id);
    const [moved] = order.splice(at, 1);
    order.splice(at + by, 0, moved!);
    for (const [index, id] of order.entries()) {
      if (posts.find((post) => post.id === id)?.order !== index && (await update.run({ id, order: index })) === null) return;
    }
  };
  const templates = rules.policy?.permissions.templates ?? [];
  const problem = rules.problem ?? update.problem ?? remove.problem;
  return (
    <section aria-labelledby={`posts-${kind}`}>
      <div className="section-head">
        <h2 id={`posts-${kind}`}>{t(kind)}</h2>
        <span className="sm t3 cut grow">{t(`${kind}More`)}</span>
        <label className="row sm">
          {t('use')}
          <Switch
            aria-label={t('useOf', { name: t(kind) })}
            checked={isUsed}
            disabled={rules.policy === undefined || rules.busy}
            onChange={(on) => rules.save({ directory: { [switches[kind]]: on } })}
          />
        </label>
        <Button size="small" icon="plus" disabled={!isUsed} aria-label={t('addPostTitle', { kind: t(kind) })} onClick={() => onEdit(null)}>
          {t('addPost')}
        </Button>
      </div>
      {problem !== null && (
        <Note icon="error" tone="danger" alert>
          {problem}
        </Note>
      )}
      <div className="box">
        {!isUsed && <p className="box-row sm t2">{t('notUsed')}</p>}
        {isUsed && posts.length === 0 && <p className="box-row sm t3">{t('noPosts')}</p>}
        {isUsed &&
          posts.map((post, index) => (
            <div key={post.id} className="box-row">
              <span className="grow cut">{post.name}</span>
              <span className="sm t3 num">{t('memberCount', { count: post.memberCount })}</span>
              {kind === 'user_type' && (
                <Select
                  label={t('templateOf', { name: post.name })}
                  value={post.templateId ?? ''}
                  disabled={update.busy}
                  options={[{ value: '', text: t('templateStandard') }, ...templates.map(({ id, name }) => ({ value: id, text: name }))]}
                  onChange={(templateId) => void update.run({ id: post.id, templateId: templateId === '' ? null : templateId })}
                />
              )}
              <IconButton
                icon="up"
                small
                label={t('upOf', { name: post.name })}
                disabled={index === 0 || update.busy}
                onClick={() => void shift(index, -1)}
              />
              <IconButton
                icon="down"
                small
                label={t('downOf', { name: post.name })}
                disabled={index === posts.length - 1 || update.busy}
                onClick={() => void shift(index, 1)}
              />
              <Menu
                align="end"
                entries={[
                  { text: t('console:edit'), icon: 'rename', onSelect: () => onEdit(post) },
                  'line',
                  { text: t('delete'), icon: 'trash', danger: true, onSelect: () => void remove.run({ id: post.id }) },
                ]}
              >
                <IconButton icon="more" small label={t('actionsOf', { name: post.name })} />
              </Menu>
            </div>
          ))}
      </div>
    </section>
  );
}

function PostForm({ kind, post, onClose }: Editing & { onClose: () => void }) {
  const { t } = useTranslation(['people', 'console']);
  const { policy } = useRules();
  const create = useAct('post.create');
  const update = useAct('post.update');
  const templates = policy?.permissions.templates ?? [];
  const save = async (values: FormValues) => {
    const given = { name: values.text('name'), ...(kind === 'user_type' ? { templateId: values.textOrNull('templateId') } : {}) };
    if ((await (post === null ? create.run({ kind, ...given }) : update.run({ id: post.id, ...given }))) !== null) onClose();
  };
  return (
    <FormDialog
      title={post === null ? t('addPostTitle', { kind: t(kind) }) : t('renamePost', { name: post.name })}
      submit={t(post === null ? 'console:add' : 'console:save')}
      busy={create.busy || update.busy}
      problem={create.problem ?? update.problem}
      onClose={onClose}
      onSubmit={(values) => void save(values)}
    >
      <Input name="name" label={t('name')} defaultValue={post?.name} maxLength={100} required autoFocus />
      {kind === 'user_type' && (
        <FormSelect
          name="templateId"
          label={t('template')}
          defaultValue={post?.templateId ?? ''}
          options={[{ value: '', text: t('templateStandard') }, ...templates.map(({ id, name }) => ({ value: id, text: name }))]}
        />
      )}
    </FormDialog>
  );
}
