package matrix_test

import (
	"io"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/matrix"
)

// files is where files of any size are, as [standin.NewFiles] serves them.
func files(t *testing.T) string {
	t.Helper()
	s := standin.NewFiles()
	t.Cleanup(s.Close)
	return s.URL
}

func size(r io.Reader) int64 {
	n, _ := io.Copy(io.Discard, r)
	return n
}

// matrixDedupe is the key by which a repeated call is known.
func matrixDedupe(c webhook.Call) string { return matrix.Network.Webhook.Dedupe.Find(c) }
