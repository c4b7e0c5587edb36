package provider

import "github.com/bonychat/puente/pkg/config"

// Secret is a credential. It prints as "[secret]" everywhere, in JSON too; only Reveal yields it.
type Secret = config.Secret

// Secrets are the live values of one credential, for an account's field that may be a list while the credential is being
// changed: Reveal yields all of them, First the newest.
type Secrets = config.Secrets

// NewSecrets hides the live values of a credential, the newest first.
func NewSecrets(values ...string) Secrets { return config.HideSecrets(values...) }

// NewSecret hides a credential.
func NewSecret(value string) Secret { return config.Hide(value) }
