package provider_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
)

// The example keeps all rules. Its testdata has a call with a true signature.
func TestPigeon(t *testing.T) { providertest.Run(t, Pigeon, "testdata/pigeon") }
