"""Django's settings for accounts: how staff sign in. Accounts are made by administrators only."""

AUTHENTICATION_BACKENDS = ["anlan.edge.pages.session_engine.Members"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "anlan.edge.pages.session_engine"
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60

ACCOUNT_ADAPTER = "anlan.edge.pages.account_adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "anlan.edge.pages.account_forms.SignIn"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever invites a member answers for the address
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}

MFA_ADAPTER = "anlan.edge.pages.account_adapter.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "anlan.edge.pages.account_forms.AddPasskey",
    "edit_webauthn": "anlan.edge.pages.account_forms.NamePasskey",
    "login_webauthn": "anlan.edge.pages.account_forms.SignInByPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "anlan"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off

USERSESSIONS_TRACK_ACTIVITY = False  # when and from where somebody works is nobody's business
