// Package download fetches files of agents by the addresses that the platform gave, for networks to which files are uploaded. For
// networks that fetch files themselves, it looks what kind of file is at an address.
//
//	file, err := download.Open(ctx, client, attachment, 50<<20, tooLarge, time.Minute)
//	if err != nil {
//		return err // classified; nothing was sent to the network yet
//	}
//	defer file.Close()
//
// It is not for files of contacts: the runtime stores those, by the network's [provider.Fetcher].
package download

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/internal/attachment"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	// fetchFor is how long a file that cannot be fetched is tried: its address belongs to the platform, not to the network.
	fetchFor = 15 * time.Minute
	// pageFor is how long an address is tried that answers with a web page.
	pageFor = time.Minute
	// lookTimeout bounds a look at a file.
	lookTimeout = 10 * time.Second
)

// File is a file of an agent that is being downloaded. One goroutine at a time may read it; the other methods are safe for concurrent use.
type File struct {
	// MediaType is told by the message, or else by the file's name, its server or its first bytes, in the names of [mediatype]. It is
	// "application/octet-stream" if nothing tells.
	MediaType string
	// Name has an ending that fits the type.
	Name string
	// Size is in bytes; -1 if the server does not tell it.
	Size int64

	stream  *httpclient.Stream
	body    *bufio.Reader
	most    int64
	largest reason.Reason

	mu     sync.Mutex
	read   int64
	failed error
}

// Open opens an attachment of an agent by its address. A file of more than most bytes is refused, and the agent reads largest: "the file is
// larger than the 50 MB that Telegram takes". A web page where a file was expected is an error. Nothing was sent to the network yet, so no
// error is [outcome.Uncertain]. timeout bounds the download. The caller closes the file.
func Open(ctx context.Context, c *httpclient.Client, a *messagev1.Attachment, most int64, largest reason.Reason, timeout time.Duration) (*File, error) {
	stream, err := openFile(ctx, c, httpclient.Request{URL: a.GetUrl(), Guarded: true, Timeout: timeout})
	if err != nil {
		return nil, err
	}
	d := &File{Size: length(stream.Header), stream: stream, most: most, largest: largest}
	if d.Size > most {
		d.Close()
		return nil, outcome.Reject(largest, errors.New("file over its limit"))
	}
	d.body = bufio.NewReaderSize(stream.Body, mediatype.HeadSize)
	head, _ := d.body.Peek(mediatype.HeadSize) // an error comes again where it is read
	if err := d.tell(a, stream, head); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *File) tell(a *messagev1.Attachment, stream *httpclient.Stream, head []byte) error {
	f, err := found(a, stream, head)
	if err != nil {
		return err
	}
	d.MediaType, d.Name = f.MediaType, mediatype.FileName(f.Name, f.MediaType, attachment.Kind(a.GetKind()))
	if d.MediaType == "" {
		d.MediaType = "application/octet-stream"
	}
	return nil
}

// Read counts, bounds the file, and keeps the reason why it broke off.
func (d *File) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read += int64(n)
	switch {
	case d.read > d.most:
		d.failed = outcome.Reject(d.largest, errors.New("file over its limit"))
	case err != nil && err != io.EOF, err == io.EOF && d.read < d.Size:
		d.failed = Failed(errors.New("the file broke off"))
	}
	if d.failed != nil {
		return 0, d.failed
	}
	return n, err
}

// Length is how many bytes were read so far.
func (d *File) Length() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read
}

// Failed is the error that ended reading, or nil. Ask it when a request fails that was sending the file: this may be the cause.
func (d *File) Failed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// Close ends the download.
func (d *File) Close() { _ = d.stream.Body.Close() }

// Seen is what [Look] found.
type Seen struct {
	// MediaType is found as in [File]; "" if nothing tells.
	MediaType string
	// Name is the file's name by the message, the server or the address, or "". It may have no ending.
	Name string
	// Size is in bytes; -1 if nobody tells it.
	Size int64
}

// Look finds out what file is at an attachment's address, for networks that fetch files themselves and have to be told their kind. It reads
// only the beginning, within 10 seconds, by GET, because many servers refuse HEAD. Its errors are those of [Open]. An address that fails
// here may still be one that the network can fetch.
func Look(ctx context.Context, c *httpclient.Client, a *messagev1.Attachment) (Seen, error) {
	stream, err := openFile(ctx, c, httpclient.Request{
		URL: a.GetUrl(), Guarded: true, Timeout: lookTimeout,
		Header: http.Header{"Range": {fmt.Sprintf("bytes=0-%d", mediatype.HeadSize-1)}},
	})
	if err != nil {
		return Seen{}, err
	}
	defer stream.Body.Close()
	head, err := io.ReadAll(io.LimitReader(stream.Body, mediatype.HeadSize))
	if err != nil {
		return Seen{}, Failed(errors.New("the file broke off"))
	}
	f, err := found(a, stream, head)
	if err != nil {
		return Seen{}, err
	}
	f.Size = length(stream.Header)
	if stream.Status == http.StatusPartialContent {
		f.Size = stream.Total()
	}
	return f, nil
}

// Failed makes the error for a file that cannot be fetched now: it is tried again for 15 minutes.
func Failed(cause error) error { return outcome.TemporaryFor(fetchFor, reason.CannotFetch, cause) }

// errPageOutside ends a file whose address answers with a page: that of an error, a log-in, a firewall.
var errPageOutside = outcome.TemporaryFor(pageFor, reason.PageAtAddress, errors.New("a page in place of a file"))

// found is what a file is, by all that is known of it.
func found(a *messagev1.Attachment, stream *httpclient.Stream, head []byte) (Seen, error) {
	f := Seen{Name: NameOf(a)}
	kind := attachment.Kind(a.GetKind())
	if mediatype.IsPage(mediatype.Of([]string{a.GetMediaType()}, f.Name, nil, kind), stream.Header.Get("Content-Type"), head) {
		return f, errPageOutside
	}
	if name := stream.FileName(); a.GetFileName() == "" && name != "" {
		f.Name = name
	}
	f.MediaType = mediatype.Of([]string{a.GetMediaType(), stream.Header.Get("Content-Type")}, f.Name, head, kind)
	return f, nil
}

// NameOf is an attachment's name, or the last element of its address's path if that has a file's ending, or "".
func NameOf(a *messagev1.Attachment) string {
	if name := mediatype.CleanName(a.GetFileName()); name != "" {
		return name
	}
	u, err := url.Parse(a.GetUrl())
	if err != nil {
		return ""
	}
	if name := mediatype.CleanName(path.Base(u.Path)); mediatype.HasEnding(name) {
		return name
	}
	return ""
}

// MediaTypeOf is the media type that an attachment tells, or that follows from its name; "" if neither tells. See [mediatype.Of].
func MediaTypeOf(a *messagev1.Attachment) string {
	return mediatype.Base(mediatype.Of([]string{a.GetMediaType()}, NameOf(a), nil, attachment.Kind(a.GetKind())))
}

// openFile opens what the platform named, and classifies every answer that is no file.
func openFile(ctx context.Context, c *httpclient.Client, r httpclient.Request) (*httpclient.Stream, error) {
	stream, err := c.Open(ctx, r)
	if err != nil {
		if f := outcome.Classify(err); f.Class == result.Rejected {
			return nil, err
		}
		return nil, Failed(err)
	}
	if stream.Status == http.StatusOK || stream.Status == http.StatusPartialContent && r.Header.Get("Range") != "" {
		return stream, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("status %d", stream.Status)
	switch {
	case stream.Status < 400, stream.Status >= 500, stream.Status == http.StatusRequestTimeout, stream.Status == http.StatusTooEarly,
		stream.Status == http.StatusTooManyRequests:
		return nil, Failed(cause)
	default:
		return nil, outcome.Reject(reason.NoFileAtAddress.With("status", stream.Status), cause)
	}
}

// length is what Content-Length says, -1 where it says nothing.
func length(h http.Header) int64 {
	if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		return n
	}
	return -1
}
