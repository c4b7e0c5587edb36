package xmpp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

const (
	uploadSpace = "urn:xmpp:http:upload:0"
	// maxUpload bounds what is asked a place for, in bytes; servers take less: prosody 10 MB as it comes.
	maxUpload = 100 << 20
)

// file is the address that a file goes by: one at the server's upload service, or its own where there is no such service or it
// refuses the file.
func (s *sender) file(ctx context.Context, a *messagev1.Attachment) (string, error) {
	if !Network.Carries.Attachment(a.GetKind()) {
		return "", outcome.Reject(unknownContent, fmt.Errorf("unknown attachment %v", a.GetKind()))
	}
	if a.GetUrl() == "" {
		return "", outcome.Reject(noFileAddress, errors.New("attachment without url"))
	}
	if s.account.Upload == "" {
		return a.GetUrl(), nil
	}
	f, err := download.Open(ctx, s.client, a, maxUpload, tooLarge, transferTimeout)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if f.Size <= 0 { // a place is for a size
		return a.GetUrl(), nil
	}
	place, err := s.slot(ctx, f)
	if err != nil || place == nil {
		return a.GetUrl(), err
	}
	taken, err := s.put(ctx, f, place)
	if err != nil || !taken {
		return a.GetUrl(), err
	}
	return place.get, nil
}

// slot is a place for one file.
type slot struct {
	put, get string
	header   http.Header
}

// slot asks for a place: https://xmpp.org/extensions/xep-0363.html#request. nil means that the service does not take this file.
func (s *sender) slot(ctx context.Context, f *download.File) (*slot, error) {
	on, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := on.ask(ctx, s.account.Upload, stanza.New(uploadSpace, "request",
		"filename", f.Name, "size", strconv.FormatInt(f.Size, 10), "content-type", f.MediaType))
	if err != nil { // a place that nobody uses is no message
		return nil, outcome.Temporary(uploadLater, err)
	}
	if isError(answer) {
		if no := refusalOf(answer); no != nil && no.kind == "wait" {
			return nil, outcome.Temporary(uploadLater, no.cause)
		}
		return nil, nil
	}
	found := answer.Child(uploadSpace, "slot")
	put := found.Child(uploadSpace, "put")
	place := &slot{put: put.Attr("url"), get: found.Child(uploadSpace, "get").Attr("url"), header: http.Header{}}
	if place.put == "" || !strings.HasPrefix(place.get, "http://") && !strings.HasPrefix(place.get, "https://") {
		return nil, outcome.Temporary(uploadLater, errors.New("the answer has no place"))
	}
	for _, h := range put.Children {
		// no others are handed on: https://xmpp.org/extensions/xep-0363.html#request
		switch name := http.CanonicalHeaderKey(h.Attr("name")); name {
		case "Authorization", "Cookie", "Expires":
			if !strings.ContainsAny(h.Text, "\r\n") {
				place.header.Add(name, h.Text)
			}
		}
	}
	return place, nil
}

// put uploads a file to its place. It says false where the server does not take it.
func (s *sender) put(ctx context.Context, f *download.File, place *slot) (taken bool, err error) {
	resp, err := s.client.Do(ctx, httpclient.Request{
		Method: http.MethodPut, URL: place.put, Header: place.header, Body: f, Length: f.Size, ContentType: f.MediaType,
		Guarded: true, Told: true, Timeout: transferTimeout, Idempotent: true, NoAnswer: uploadLater,
	})
	if failed := f.Failed(); err != nil && failed != nil {
		return false, failed
	}
	switch {
	case err != nil:
		return false, err
	case resp.OK():
		return true, nil
	case resp.Status >= 500, resp.Status == http.StatusTooManyRequests, resp.Status == http.StatusRequestTimeout:
		return false, outcome.Temporary(uploadLater, fmt.Errorf("upload: status %d", resp.Status))
	default:
		return false, nil
	}
}
