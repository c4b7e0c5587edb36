package bonychat_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/bonychat"
)

func TestReadme(t *testing.T) { providertest.Readme(t, bonychat.Platform, "README.md") }
