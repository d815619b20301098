import { assertNever } from '#shared/base/assert.ts';
import type { LoginNeed } from '#shared/contract/login.ts';
import type { LoginStepProps } from './login-answer.ts';
import { LoginCode } from './login-code.tsx';
import { LoginEnrol, LoginRecoveryCodes } from './login-enrol.tsx';
import { LoginNewPassword } from './login-new-password.tsx';

/** What a login still needs, as a panel of its own. */
export function LoginStep(props: LoginStepProps<LoginNeed>) {
  const { need } = props;
  switch (need.type) {
    case 'code':
      return <LoginCode {...props} need={need} />;
    case 'enrol_totp':
      return <LoginEnrol {...props} need={need} />;
    case 'recovery_codes':
      return <LoginRecoveryCodes {...props} need={need} />;
    case 'new_password':
      return <LoginNewPassword {...props} need={need} />;
    default:
      return assertNever(need, 'login need');
  }
}
