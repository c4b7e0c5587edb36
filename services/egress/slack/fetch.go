package slack

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Fetch implements [provider.Fetcher]. The handle is the file's address, or its id where the address has to be asked for. The bot
// token goes with it, and so to nobody but Slack.
// https://docs.slack.dev/reference/objects/file-object
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	f := file{Private: a.GetHandle(), Type: a.GetMediaType(), Name: a.GetFileName()}
	if id, ok := strings.CutPrefix(a.GetHandle(), byID); ok {
		var err error
		if f, err = s.look(ctx, id); err != nil {
			return nil, err
		}
	}
	if !s.ofSlack(f.address()) {
		return nil, outcome.Reject(foreignFile, errors.New("the file's address is not Slack's"))
	}
	stream, err := s.client.Open(ctx, httpclient.Request{
		URL: f.address(), Header: bearer(s.account.Token), Guarded: true, Told: true, Timeout: transferTimeout,
	})
	if err != nil {
		if outcome.Classify(err).Class == result.Rejected {
			return nil, err
		}
		return nil, outcome.Temporary(noAnswer, err)
	}
	body := bufio.NewReaderSize(stream.Body, longestRefusal)
	if stream.Status == 200 && !isRefusal(body) {
		return &provider.File{
			Body: opened{body, stream.Body}, MediaType: f.Type, ContentType: stream.Header.Get("Content-Type"), Name: f.called(),
		}, nil
	}
	_ = stream.Body.Close()
	return nil, stream.NoFile(fileGone)
}

// opened is a file whose beginning has been looked at.
type opened struct {
	io.Reader
	io.Closer
}

// longestRefusal is how long an answer is that refuses a file, at most, in bytes.
const longestRefusal = 1024

// isRefusal says that what comes in place of a file is Slack's word that it is not handed out: that has status 200, as everywhere.
func isRefusal(body *bufio.Reader) bool {
	head, err := body.Peek(longestRefusal)
	var p problem
	return err != nil && json.Unmarshal(head, &p) == nil && p.OK != nil && !*p.OK && known(p.Error)
}

// look asks for a file: https://docs.slack.dev/reference/methods/files.info
func (s *sender) look(ctx context.Context, id string) (file, error) {
	var found struct {
		File file `json:"file"`
	}
	_, err := s.ask(ctx, call{method: "files.info", query: url.Values{"file": {id}}}, &found)
	if f := outcome.Classify(err); f != nil && f.Class == result.Rejected {
		return file{}, outcome.Reject(fileGone, err)
	}
	return found.File, err
}

// ofSlack says whether an address is one that the token may go to: a host of Slack's over https, or that of the account's API.
func (s *sender) ofSlack(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	own, err := url.Parse(s.account.host())
	if err != nil {
		return false
	}
	if u.Scheme == own.Scheme && u.Host == own.Host {
		return true
	}
	host := strings.ToLower(u.Hostname())
	for _, of := range []string{"slack.com", strings.ToLower(own.Hostname())} { // slack-gov.com has files of its own
		if u.Scheme == "https" && u.Port() == "" && (host == of || strings.HasSuffix(host, "."+of)) {
			return true
		}
	}
	return false
}
