package matrix_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"

	"github.com/bonychat/puente/services/egress/matrix"
)

func TestConversations(t *testing.T) { providertest.Run(t, matrix.Network, "testdata") }
