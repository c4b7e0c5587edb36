package imap

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Head is what is fetched of a mail first.
type Head struct {
	// At is when the server took it, zero where it does not say.
	At time.Time
	// Size is the whole mail's.
	Size int64
	// Header is its header as it came, up to the bound that was given.
	Header []byte
	// Structure is nil where the server's cannot be read.
	Structure *Structure
}

// Head fetches a mail's header, up to so many bytes, and its structure. ok is false where there is no such mail any more.
func (c *Client) Head(ctx context.Context, uid uint32, most int) (h Head, ok bool, err error) {
	what := fmt.Sprintf("(UID INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER]<0.%d>)", most)
	err = c.fetch(ctx, uid, what, func(name string, v value) {
		switch {
		case name == "INTERNALDATE":
			h.At, _ = time.Parse("_2-Jan-2006 15:04:05 -0700", v.string())
		case name == "RFC822.SIZE":
			h.Size = int64(v.number())
		case name == "BODYSTRUCTURE":
			h.Structure, _ = structure(v)
		case strings.HasPrefix(name, "BODY[HEADER]"):
			h.Header, ok = []byte(v.string()), true
		}
	})
	return h, ok, err
}

var sectionName = regexp.MustCompile(`^[0-9]{1,5}(\.[0-9]{1,5}){0,30}(\.(HEADER|TEXT))?$|^HEADER$|^TEXT$`)

// Body fetches a part's bytes, as they are encoded, from one on and so many at most. ok is false where there is no such mail any
// more.
func (c *Client) Body(ctx context.Context, uid uint32, section string, from, most int) (body []byte, ok bool, err error) {
	if !sectionName.MatchString(section) {
		return nil, false, errGrammar
	}
	wanted := "BODY[" + section + "]"
	err = c.fetch(ctx, uid, fmt.Sprintf("(UID BODY.PEEK[%s]<%d.%d>)", section, from, most), func(name string, v value) {
		if strings.HasPrefix(name, wanted) {
			body, ok = []byte(v.string()), true
		}
	})
	return body, ok, err
}

// fetch asks for items of one mail, and tells each.
func (c *Client) fetch(ctx context.Context, uid uint32, items string, told func(name string, v value)) error {
	return c.command(ctx, "FETCH", fmt.Sprintf("UID FETCH %d %s", uid, items), func(r response) error {
		if r.name != "FETCH" {
			return nil
		}
		if len(r.values) != 1 || !r.values[0].isList {
			return errGrammar
		}
		all := r.values[0].list
		of := uint64(0)
		for i := 0; i+1 < len(all); i += 2 {
			if strings.EqualFold(all[i].atom, "UID") {
				of = all[i+1].number()
			}
		}
		if of != uint64(uid) {
			return nil // news of another mail
		}
		for i := 0; i+1 < len(all); i += 2 {
			told(strings.ToUpper(all[i].atom), all[i+1])
		}
		return nil
	})
}
