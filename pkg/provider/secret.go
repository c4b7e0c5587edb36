package provider

import "github.com/bonychat/puente/pkg/config"

// Secret is a credential. It prints as "[secret]" everywhere, in JSON too; only Reveal yields it.
type Secret = config.Secret

// NewSecret hides a credential.
func NewSecret(value string) Secret { return config.Hide(value) }
