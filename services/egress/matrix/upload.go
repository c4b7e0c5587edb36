package matrix

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"sync"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

const (
	// maxUpload bounds what is tried at all; what a homeserver takes is its own choice: Dendrite 10 MB, Synapse 50 MB
	// unless they are told otherwise.
	maxUpload = 100 << 20
	// maxUntold bounds a file whose address does not tell its size: it is held in memory, since Synapse wants to know the
	// size beforehand (rest/media/upload_resource.py).
	maxUntold = 10 << 20
	// transferTimeout bounds a download and an upload of up to maxUpload, which run at the same time.
	transferTimeout = 2 * time.Minute
	// fetchFor is how long a file that cannot be fetched is tried: its address belongs to the platform, not to Matrix.
	fetchFor = 15 * time.Minute
)

const (
	tooLarge    = "the file is larger than 100 MB"
	untold      = "the file is larger than 10 MB, and its address does not tell its size"
	cannotFetch = "the file cannot be fetched from its address"
)

// upload streams a file from where it is to the homeserver and returns its mxc:// address.
// https://spec.matrix.org/latest/client-server-api/#post_matrixmediav3upload
func (s *sender) upload(ctx context.Context, name string, src *source) (string, error) {
	body, length, err := src.sized()
	if err != nil {
		return "", err
	}
	resp, err := s.client.Do(ctx, provider.Request{
		Method: "POST", Header: s.header(), Body: body, Length: length, ContentType: src.mediaType, Timeout: transferTimeout,
		URL: s.address(call{prefix: "/_matrix/media/v3", path: []string{"upload"}, query: url.Values{"filename": {name}}}),
	})
	if broken := src.broken(); broken != nil { // the request broke off with its source
		return "", broken
	}
	if err != nil {
		return "", repeatable(err)
	}
	var uploaded struct {
		URI string `json:"content_uri"`
	}
	err = repeatable(understand("upload", resp, &uploaded))
	if err == nil && uploaded.URI == "" {
		err = provider.Temporary("the homeserver did not answer", errors.New("upload: an answer without an address"))
	}
	return uploaded.URI, err
}

// source is a file on its way from outside. Where the homeserver answers early it may still be read for a moment.
type source struct {
	stream    *provider.Stream
	mediaType string
	size      int64 // -1 where unknown

	mu     sync.Mutex
	read   int64
	failed error
}

// broken is why reading broke off.
func (s *source) broken() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// length is how much was read.
func (s *source) length() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read
}

// download opens a file that the platform named. Nothing was sent to Matrix yet, so no failure is uncertain.
func (s *sender) download(ctx context.Context, a *messagev1.Attachment) (*source, error) {
	stream, err := s.client.Open(ctx, provider.Request{URL: a.GetUrl(), Guarded: true, Timeout: transferTimeout})
	if err != nil {
		if f := provider.Classify(err); f.Class == provider.Rejected {
			return nil, err
		}
		return nil, provider.TemporaryFor(fetchFor, cannotFetch, err)
	}
	src := &source{stream: stream, mediaType: a.GetMediaType(), size: -1}
	if n, err := strconv.ParseInt(stream.Header.Get("Content-Length"), 10, 64); err == nil {
		src.size = n
	}
	if src.mediaType == "" {
		src.mediaType = stream.Header.Get("Content-Type")
	}
	if src.mediaType == "" {
		src.mediaType = "application/octet-stream"
	}
	cause := fmt.Errorf("status %d", stream.Status)
	switch {
	case stream.Status >= 200 && stream.Status < 300 && src.size <= maxUpload:
		return src, nil
	case stream.Status >= 200 && stream.Status < 300:
		err = provider.Reject(tooLarge, errors.New("file over 100 MB"))
	case stream.Status >= 500 || stream.Status == 408 || stream.Status == 425 || stream.Status == 429:
		err = provider.TemporaryFor(fetchFor, cannotFetch, cause)
	default:
		err = provider.Reject(fmt.Sprintf("%s (%d)", cannotFetch, stream.Status), cause)
	}
	src.close()
	return nil, err
}

// sized is the file with its length.
func (s *source) sized() (io.Reader, int64, error) {
	if s.size > 0 {
		return s, s.size, nil
	}
	data, err := io.ReadAll(io.LimitReader(s, maxUntold+1))
	switch {
	case s.broken() != nil:
		return nil, 0, s.broken()
	case err != nil:
		return nil, 0, provider.TemporaryFor(fetchFor, cannotFetch, errors.New("the file broke off"))
	case len(data) > maxUntold:
		return nil, 0, provider.Reject(untold, errors.New("file of unknown size over 10 MB"))
	case len(data) == 0:
		return nil, 0, provider.Reject("the file is empty", errors.New("empty file"))
	}
	return bytes.NewReader(data), int64(len(data)), nil
}

// Read counts, and keeps the reason why the file broke off.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.stream.Body.Read(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read += int64(n)
	if err != nil && err != io.EOF || err == io.EOF && s.size > 0 && s.read < s.size {
		s.failed = provider.TemporaryFor(fetchFor, cannotFetch, errors.New("the file broke off"))
		return 0, s.failed
	}
	return n, err
}

func (s *source) close() { _ = s.stream.Body.Close() }
