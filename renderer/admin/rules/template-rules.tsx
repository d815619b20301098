import { useTranslation } from 'react-i18next';
import { Environment, Service } from '#shared/model/rights.ts';
import { defaultTemplateId, type PermissionTemplate } from '#shared/model/rules-reach.ts';
import { Chip } from '../../ui/badge.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Checkbox, Input } from '../../ui/input.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMay } from '../app/identity.ts';
import { useAnswer } from '../app/use-server.tsx';
import { freeId, templateFaults } from './templates.ts';
import type { Rules } from './rules-context.tsx';
import { RulesPage } from './rules-page.tsx';
import { SaveBar, useSaveRules } from './save-bar.tsx';
import { RuleSection } from './rule-section.tsx';

const sections = ['permissions'];

/** ADM-08, ADM-09: from where each service may be used, one matrix a template. */
export function TemplateRulesScreen() {
  const { t } = useTranslation('fileRules');
  return (
    <RulesPage title={t('templatesTitle')} sections={sections} bar={(rules) => <Bar rules={rules} />}>
      {(rules) => {
        const { templates } = rules.shown.permissions;
        const set = (list: readonly PermissionTemplate[]) => rules.change('permissions.templates', [...list]);
        return (
          <>
            <p className="sm t3 prose">{t('templatesNote')}</p>
            {templates.map((template) => (
              <Template
                key={template.id}
                template={template}
                isNew={!rules.inForce.permissions.templates.some(({ id }) => id === template.id)}
                onChange={(next) => set(templates.map((one) => (one === template ? next : one)))}
                onRemove={() => set(templates.filter((one) => one !== template))}
              />
            ))}
            <div className="editor-line">
              <Button
                icon="plus"
                onClick={() => {
                  const standard = templates.find(({ id }) => id === defaultTemplateId);
                  const services = standard?.services ?? { talk: [], drive: [] };
                  set([...templates, { id: freeId(templates), name: t('templateNewName'), services }]);
                }}
              >
                {t('templateNew')}
              </Button>
            </div>
          </>
        );
      }}
    </RulesPage>
  );
}

function Bar({ rules }: { rules: Rules }) {
  const { save, busy, problem } = useSaveRules(rules, sections);
  const faulty = templateFaults(rules.shown.permissions.templates).length > 0;
  return <SaveBar rules={rules} sections={sections} faulty={faulty} busy={busy} problem={problem} onSave={() => void save()} />;
}

const environmentKeys = {
  browser: 'env_browser',
  'pc-app': 'env_pc_app',
  'drive-explorer': 'env_drive_explorer',
  mobile: 'env_mobile',
} as const;

function Template({
  template,
  isNew,
  onChange,
  onRemove,
}: {
  template: PermissionTemplate;
  isNew: boolean;
  onChange: (next: PermissionTemplate) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('fileRules');
  const { t: rules } = useTranslation('rules');
  const standard = template.id === defaultTemplateId;
  const users = useUsers(template.id);
  const { services } = template;
  const set = (service: Service, environment: Environment, on: boolean) =>
    onChange({
      ...template,
      services: {
        ...services,
        [service]: Environment.options.filter((one) => (one === environment ? on : services[service].includes(one))),
      },
    });
  const mobileNeedsTalk = services.drive.includes('mobile') && !services.talk.includes('mobile');
  return (
    <RuleSection title={standard ? t('standard') : template.name}>
      <div className="stack" style={{ paddingTop: 10 }}>
        <div className="row template-head">
          <Input
            label={t('templateName')}
            value={template.name}
            maxLength={100}
            className="grow"
            problem={template.name.trim() === '' ? t('templateNameNeeded') : null}
            onChange={(event) => onChange({ ...template, name: event.target.value })}
          />
          {isNew && <Chip tone="positive">{rules('changed')}</Chip>}
          {!standard && (
            <IconButton
              icon="trash"
              label={users.used ? t('templateUsed') : t('templateRemove')}
              disabled={users.used}
              onClick={onRemove}
            />
          )}
        </div>
        <div className="box">
          <table className="plain-table matrix">
            <thead>
              <tr>
                <th>{t('service')}</th>
                {Environment.options.map((environment) => (
                  <th key={environment}>{t(environmentKeys[environment])}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {Service.options.map((service) => (
                <tr key={service}>
                  <td>{t(service)}</td>
                  {Environment.options.map((environment) =>
                    // There is no Talk in the sync agent.
                    service === 'talk' && environment === 'drive-explorer' ? (
                      <td key={environment} className="t3">
                        –
                      </td>
                    ) : (
                      <td key={environment}>
                        <Checkbox checked={services[service].includes(environment)} onChange={(on) => set(service, environment, on)}>
                          <span className="unseen">
                            {t('allowedOn', { service: t(service), environment: t(environmentKeys[environment]) })}
                          </span>
                        </Checkbox>
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {Service.options
          .filter((service) => services[service].length === 0)
          .map((service) => (
            <Note key={service} icon="warning" tone="caution">
              {t('noneWarning', { service: t(service) })}
            </Note>
          ))}
        {mobileNeedsTalk && (
          <Note icon="info" tone="caution">
            {t('mobileWarning')}
          </Note>
        )}
        <p className="sm t3 prose">{standard ? t('standardMore') : users.text}</p>
      </div>
    </RuleSection>
  );
}

/** Which user types and members have a template, as far as one's rights show them. */
function useUsers(templateId: string): { readonly used: boolean; readonly text: string } {
  const { t } = useTranslation('fileRules');
  const format = useFormat();
  const may = useMay();
  const posts = useAnswer('post.list', { kind: 'user_type' }, { enabled: may('organisations') }).data?.posts ?? [];
  const members = useAnswer('member.list', { limit: 1_000 }, { enabled: may('members') }).data?.members ?? [];
  const types = posts.filter((post) => post.templateId === templateId).map(({ name }) => name);
  const people = members.filter((member) => member.templateId === templateId).map(({ name }) => name);
  const names = (list: readonly string[]): string => (list.length > 8 ? `${format.facts(list.slice(0, 8))}…` : format.facts(list));
  const facts = [
    types.length === 0 ? null : t('templateTypes', { names: names(types) }),
    people.length === 0 ? null : t('templateMembers', { names: names(people) }),
  ];
  const used = types.length + people.length > 0;
  return { used, text: used ? format.facts(facts) : t('templateNobody') };
}
