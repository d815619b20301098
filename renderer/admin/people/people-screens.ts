import type { AdminScreen } from '../app/screen.ts';
import { GroupsScreen } from './groups-screen.tsx';
import { InvitationsScreen } from './invitations-screen.tsx';
import { MembersScreen } from './members-screen.tsx';
import { OrganisationsScreen } from './organisations-screen.tsx';
import { PostsScreen } from './posts-screen.tsx';
import { RolesScreen } from './roles-screen.tsx';
import './people.css';

/** The sections on people. */
export const peopleScreens: readonly AdminScreen[] = [
  { path: 'members', title: 'members', icon: 'person', group: 'people', right: 'members', screen: MembersScreen },
  {
    path: 'organisations',
    title: 'organisations',
    icon: 'organisation',
    group: 'people',
    right: 'organisations',
    screen: OrganisationsScreen,
  },
  { path: 'groups', title: 'groups', icon: 'group', group: 'people', right: 'organisations', screen: GroupsScreen },
  { path: 'posts', title: 'posts', icon: 'details', group: 'people', right: 'organisations', screen: PostsScreen },
  { path: 'roles', title: 'roles', icon: 'key', group: 'people', right: 'roles', screen: RolesScreen },
  { path: 'invitations', title: 'invitations', icon: 'link', group: 'people', right: 'invitations', screen: InvitationsScreen },
];
