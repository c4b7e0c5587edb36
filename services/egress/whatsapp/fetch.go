package whatsapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/message"
)

// badLinkFor is how long WhatsApp is asked again for an address that may be told the access token.
const badLinkFor = 10 * time.Second

// Fetch implements [provider.Fetcher]: the file's address, which lives for 5 minutes, then the file.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	if !message.IsMediaID(a.GetHandle()) {
		return nil, outcome.Reject(gone, errors.New("the handle is no media id"))
	}
	var m struct {
		URL  string `json:"url"`
		Type string `json:"mime_type"`
	}
	err := s.ask(ctx, a.GetHandle()+"?phone_number_id="+s.account.PhoneNumberID, &m)
	if r, ok := errors.AsType[*refusal](err); ok && (r.code == 100 || r.code == codeIncoming) {
		return nil, outcome.Reject(gone, r)
	}
	if err != nil {
		return nil, err
	}
	if !s.meta(m.URL) {
		return nil, outcome.TemporaryFor(badLinkFor, notHandedOut, errors.New("the file's address is none of Meta's"))
	}
	file := &provider.File{MediaType: cmp.Or(a.GetMediaType(), m.Type), Name: a.GetFileName()}
	return s.download(ctx, m.URL, file)
}

// meta says whether an address may be told the access token: Meta's own hosts, and the configured one.
func (s *sender) meta(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if api, err := url.Parse(s.api); err == nil && u.Scheme == api.Scheme && u.Host == api.Host {
		return true
	}
	for _, domain := range []string{"fbsbx.com", "facebook.com", "fbcdn.net", "whatsapp.net"} {
		if u.Scheme == "https" && u.Port() == "" && (u.Hostname() == domain || strings.HasSuffix(u.Hostname(), "."+domain)) {
			return true
		}
	}
	return false
}

// download takes no page for a file: Meta's file server answers with one for people where it does not like who asks.
func (s *sender) download(ctx context.Context, address string, file *provider.File) (*provider.File, error) {
	stream, err := s.client.Open(ctx, again(httpclient.Request{
		URL: address, Header: bearer(s.account.AccessToken.Reveal()), Guarded: true, Told: true, Timeout: time.Minute,
	}))
	if err != nil {
		return nil, err
	}
	if stream.Status == http.StatusOK {
		file.Body, file.ContentType = stream.Body, stream.Header.Get("Content-Type")
		return file, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("download: status %d", stream.Status)
	switch stream.Status {
	case http.StatusUnauthorized:
		return nil, outcome.Suspend(refusesToken, cause)
	case http.StatusTooManyRequests:
		return nil, stream.Err()
	default: // the next try asks for a new address
		return nil, stream.NoFile(notHandedOutNow)
	}
}
