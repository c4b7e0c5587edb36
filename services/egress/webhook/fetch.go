package webhook

import (
	"context"
	"fmt"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Fetch implements [provider.Fetcher]. The app may have the address from a contact: it reaches nothing inside but the host
// of the account's url, and no credential goes with it.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{
		URL: a.GetHandle(), Guarded: true, Told: true, Timeout: time.Minute, Idempotent: true, NoAnswer: notHandedOut,
	})
	if err != nil {
		return nil, err
	}
	if stream.Status == http.StatusOK {
		file := &provider.File{Body: stream.Body, MediaType: stream.Header.Get("Content-Type"), Name: a.GetFileName()}
		if file.Name == "" {
			file.Name = stream.FileName()
		}
		return file, nil
	}
	_ = stream.Body.Close()
	if stream.Status == http.StatusGone {
		return nil, outcome.Reject(fileGone, fmt.Errorf("download: status %d", stream.Status))
	}
	return nil, stream.NoFile(notHandedOut)
}
