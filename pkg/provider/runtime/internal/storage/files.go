package storage

import (
	"context"

	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// Files are public under /media, for as long as the store keeps them: 30 days. Ingress serves them to anybody who has the
// address, which cannot be guessed.
type Files struct {
	store     *media.Store
	network   string
	publicURL string
}

// NewFiles are those of a channel's network. publicURL is what their links start with, without a slash at its end.
func NewFiles(of Channel, publicURL string) Files {
	return Files{media.New(of.Bus), of.Network, publicURL}
}

// Publish implements [provider.Files]. A store that is full or away is tried again, as the message is that needs the file.
func (f Files) Publish(ctx context.Context, name, mediaType string, data []byte) (string, error) {
	stored, err := f.store.Keep(ctx, f.network, name, mediaType, data)
	if err != nil {
		return "", outcome.Temporary(reason.FileNotStored, err)
	}
	return f.publicURL + "/media/" + stored.ID, nil
}
