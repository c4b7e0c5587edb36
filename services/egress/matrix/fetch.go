package matrix

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/matrix/internal/event"
)

// Fetch implements [provider.Fetcher]. The handle is a mxc:// address; the file may be on another homeserver, from which
// ours fetches it.
// https://spec.matrix.org/latest/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	if !event.IsMedia(a.GetHandle()) {
		return nil, outcome.Reject(noFileAtServer, errors.New("handle is no mxc address"))
	}
	if a.GetSize() > provider.MaxFile {
		return nil, outcome.Reject(tooLarge, errors.New("file over 100 MB"))
	}
	server, id, _ := strings.Cut(strings.TrimPrefix(a.GetHandle(), "mxc://"), "/")
	stream, err := s.openMedia(ctx, "/_matrix/client/v1/media/download", server, id)
	if err == nil && stream.Status != 200 {
		if err = refusedMedia(stream); older(err) { // it asks for no credential
			stream, err = s.openMedia(ctx, "/_matrix/media/v3/download", server, id)
			if err == nil && stream.Status != 200 {
				err = refusedMedia(stream)
			}
		}
	}
	if err != nil {
		if isRefusal(err, notFound) {
			return nil, outcome.Reject(fileGone, err)
		}
		return nil, err
	}
	served := stream.Header.Get("Content-Type")
	mediaType := a.GetMediaType()
	if mediaType == "" {
		mediaType = served
	}
	return &provider.File{Body: stream.Body, MediaType: mediaType, ContentType: served, Name: a.GetFileName()}, nil
}

// older says that a homeserver does not know the call: Matrix 1.11 brought it.
func older(err error) bool {
	r, ok := errors.AsType[*refusal](err)
	return ok && (r.status == 404 || r.status == 405) && (r.code == "" || r.code == unrecognized)
}

func (s *sender) openMedia(ctx context.Context, prefix, server, id string) (*httpclient.Stream, error) {
	return s.client.Open(ctx, httpclient.Request{
		URL: s.address(call{prefix: prefix, path: []string{server, id}}), Header: s.header(), Timeout: transferTimeout,
		Idempotent: true, NoAnswer: noAnswer,
	})
}

// refusedMedia classifies an answer that holds no file.
func refusedMedia(stream *httpclient.Stream) error {
	defer stream.Body.Close()
	body, err := io.ReadAll(io.LimitReader(stream.Body, 64<<10))
	if err != nil {
		return outcome.Temporary(noAnswer, fmt.Errorf("download: status %d", stream.Status))
	}
	return failure("download", &httpclient.Response{Status: stream.Status, Header: stream.Header, Body: body})
}
