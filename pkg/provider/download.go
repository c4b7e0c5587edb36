package provider

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
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/mediatype"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	// FetchFor is how long a file that cannot be fetched is tried: its address belongs to the platform, not to the network.
	FetchFor = 15 * time.Minute
	// CannotFetch is what the agent is told then.
	CannotFetch = "the file cannot be fetched from its address"
	// pageFor is how long an address is tried that answers with a web page.
	pageFor = time.Minute
	// lookTimeout bounds a look at a file.
	lookTimeout = 10 * time.Second
)

// Download is a file that the platform named, on its way to a network that wants to be handed it. It is read by one
// goroutine; the other methods may be called by any.
type Download struct {
	// MediaType is what the message says of the file, else its name, its server or its first bytes: in the names of
	// [mediatype], "application/octet-stream" where nothing tells.
	MediaType string
	// Name has an ending that fits the type.
	Name string
	// Size is in bytes, -1 where the server does not tell it.
	Size int64

	stream  *Stream
	body    *bufio.Reader
	most    int64
	largest string

	mu     sync.Mutex
	read   int64
	failed error
}

// Download opens an attachment of the platform's by its address, at most so many bytes of it. largest is what the agent is
// told of a larger one: "the file is larger than the 50 MB that Telegram takes". Nothing was sent to the network yet, so no
// error of it is [Uncertain]. A web page where a file was expected is none. The caller closes it.
func (c *Client) Download(ctx context.Context, a *messagev1.Attachment, most int64, largest string, timeout time.Duration) (*Download, error) {
	stream, err := c.openFile(ctx, Request{URL: a.GetUrl(), Guarded: true, Timeout: timeout})
	if err != nil {
		return nil, err
	}
	d := &Download{Size: length(stream.Header), stream: stream, most: most, largest: largest}
	if d.Size > most {
		d.Close()
		return nil, Reject(largest, errors.New("file over its limit"))
	}
	d.body = bufio.NewReaderSize(stream.Body, mediatype.HeadSize)
	head, _ := d.body.Peek(mediatype.HeadSize) // an error comes again where it is read
	if err := d.tell(a, stream.Header, head); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Download) tell(a *messagev1.Attachment, h http.Header, head []byte) error {
	f, err := found(a, h, head)
	if err != nil {
		return err
	}
	d.MediaType, d.Name = f.MediaType, mediatype.FileName(f.Name, f.MediaType, KindName(a.GetKind()))
	if d.MediaType == "" {
		d.MediaType = "application/octet-stream"
	}
	return nil
}

// Read counts, bounds the file, and keeps the reason why it broke off.
func (d *Download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read += int64(n)
	switch {
	case d.read > d.most:
		d.failed = Reject(d.largest, errors.New("file over its limit"))
	case err != nil && err != io.EOF, err == io.EOF && d.read < d.Size:
		d.failed = TemporaryFor(FetchFor, CannotFetch, errors.New("the file broke off"))
	}
	if d.failed != nil {
		return 0, d.failed
	}
	return n, err
}

// Length is how many bytes have been read so far.
func (d *Download) Length() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read
}

// Failed is why reading broke off, nil where it did not: a request that fails while it is sending the file may have failed
// for this.
func (d *Download) Failed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// Close ends the download.
func (d *Download) Close() { _ = d.stream.Body.Close() }

// Seen is what a look at a file shows.
type Seen struct {
	// MediaType is as in [Download], "" where nothing tells.
	MediaType string
	// Name is what the message, the server or the address calls the file, "" for nothing. It need not have an ending.
	Name string
	// Size is in bytes, -1 where nobody tells it.
	Size int64
}

// Look finds out what is at an attachment's address: for networks that fetch a file themselves, and want to be told what
// it is. It reads the beginning only, and asks with GET: many servers refuse HEAD. Its errors are those of
// [Client.Download]; an address that cannot be looked at from here may still be one that the network can fetch.
func (c *Client) Look(ctx context.Context, a *messagev1.Attachment) (Seen, error) {
	stream, err := c.openFile(ctx, Request{
		URL: a.GetUrl(), Guarded: true, Timeout: lookTimeout,
		Header: http.Header{"Range": {fmt.Sprintf("bytes=0-%d", mediatype.HeadSize-1)}},
	})
	if err != nil {
		return Seen{}, err
	}
	defer stream.Body.Close()
	head, err := io.ReadAll(io.LimitReader(stream.Body, mediatype.HeadSize))
	if err != nil {
		return Seen{}, TemporaryFor(FetchFor, CannotFetch, errors.New("the file broke off"))
	}
	f, err := found(a, stream.Header, head)
	if err != nil {
		return Seen{}, err
	}
	f.Size = length(stream.Header)
	if stream.Status == http.StatusPartialContent {
		f.Size = stream.Total()
	}
	return f, nil
}

// errPageOutside ends a file whose address answers with a page: that of an error, a log-in, a firewall.
var errPageOutside = TemporaryFor(pageFor, "the address answers with a web page in place of the file", errors.New("a page in place of a file"))

// found is what a file is, by all that is known of it.
func found(a *messagev1.Attachment, h http.Header, head []byte) (Seen, error) {
	f := Seen{Name: NameOf(a)}
	kind := KindName(a.GetKind())
	if mediatype.IsPage(mediatype.Of([]string{a.GetMediaType()}, f.Name, nil, kind), h.Get("Content-Type"), head) {
		return f, errPageOutside
	}
	if name := dispositionName(h); a.GetFileName() == "" && name != "" {
		f.Name = name
	}
	f.MediaType = mediatype.Of([]string{a.GetMediaType(), h.Get("Content-Type")}, f.Name, head, kind)
	return f, nil
}

// NameOf is an attachment's name, or the last element of its address's path where that ends as a file's name does; "" for
// none.
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

// MediaTypeOf is what an attachment says of its type, or what its name says; "" where neither tells. See [mediatype.Of].
func MediaTypeOf(a *messagev1.Attachment) string {
	return mediatype.Base(mediatype.Of([]string{a.GetMediaType()}, NameOf(a), nil, KindName(a.GetKind())))
}

// openFile opens what the platform named, and classifies every answer that is no file.
func (c *Client) openFile(ctx context.Context, r Request) (*Stream, error) {
	stream, err := c.Open(ctx, r)
	if err != nil {
		if f := Classify(err); f.Class == result.Rejected {
			return nil, err
		}
		return nil, TemporaryFor(FetchFor, CannotFetch, err)
	}
	if stream.Status == http.StatusOK || stream.Status == http.StatusPartialContent && r.Header.Get("Range") != "" {
		return stream, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("status %d", stream.Status)
	switch {
	case stream.Status < 400, stream.Status >= 500, stream.Status == http.StatusRequestTimeout, stream.Status == http.StatusTooEarly,
		stream.Status == http.StatusTooManyRequests:
		return nil, TemporaryFor(FetchFor, CannotFetch, cause)
	default:
		return nil, Reject(fmt.Sprintf("%s (%d)", CannotFetch, stream.Status), cause)
	}
}

// length is what Content-Length says, -1 where it says nothing.
func length(h http.Header) int64 {
	if n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		return n
	}
	return -1
}

// KindName is the word for what an attachment is shown as: "image", "video", "audio" or "file".
func KindName(kind messagev1.AttachmentKind) string {
	return strings.ToLower(strings.TrimPrefix(kind.String(), "ATTACHMENT_KIND_"))
}
