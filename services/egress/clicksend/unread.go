package clicksend

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/webhook"
)

const (
	// pageSize is the largest page: https://developers.clicksend.com/docs/#pagination
	pageSize = 100
	// late is how much older than the newest something may be that turns up in a list after it, in seconds: marking by
	// a date must not pass over it.
	late = 120
	// tries bound how often a list is asked for that changes while it is read.
	tries = 3
)

// item is a message or a receipt as it was listed.
type item struct {
	key  string
	at   int64 // seconds; 0 where it does not tell
	body json.RawMessage
}

// list is what was read of a mailbox, the oldest first.
type list struct {
	items []item
	// whole says that this is all there was, else its oldest part.
	whole bool
}

// before is the date before which everything has been read and stored: of a whole list all but what is so new that
// something older may still turn up; of the oldest part what is older than its newest. 0 for nothing to mark. Dates are
// ClickSend's own; a date is not marked itself, since more of the same second may come.
func (l list) before() int64 {
	if len(l.items) == 0 {
		return 0
	}
	oldest, newest := int64(0), int64(0)
	for _, i := range l.items {
		if newest = max(newest, i.at); i.at > 0 && (oldest == 0 || i.at < oldest) {
			oldest = i.at
		}
	}
	if l.whole {
		newest -= late
	}
	if oldest == 0 || newest <= oldest {
		return 0
	}
	return newest
}

// page is https://developers.clicksend.com/docs/#pagination. An empty list may have no data at all, and 0 pages.
type page struct {
	Total integer           `json:"total"`
	Last  integer           `json:"last_page"`
	Data  []json.RawMessage `json:"data"`
}

// unread reads a mailbox: all of it where one page holds it, else its oldest page, whichever end that is at; and more
// pages where all of one is of a single second, since marking goes by the date.
func (s *sender) unread(ctx context.Context, box *mailbox) (list, error) {
	first, err := s.page(ctx, box, 1)
	if err != nil {
		return list{}, err
	}
	items := itemsOf(first)
	if first.Last <= 1 {
		slices.SortStableFunc(oldestFirst(items), byTime)
		return list{items: items, whole: true}, nil
	}
	descending := newestFirst(items)
	at, step := 1, 1
	if descending {
		if items, at, err = s.lastPage(ctx, box, int(first.Last)); err != nil {
			return list{}, err
		}
		step = -1
	}
	for last := int(first.Last); ; {
		slices.SortStableFunc(oldestFirst(items), byTime)
		l := list{items: items}
		if at += step; l.before() != 0 || at < 1 || at > last {
			return l, nil
		}
		next, err := s.page(ctx, box, at)
		if err != nil {
			return list{}, err
		}
		items = append(items, oldestFirst(itemsOf(next))...)
	}
}

// lastPage reads the page that is the last one while it is read: what comes in meanwhile pushes the oldest over.
func (s *sender) lastPage(ctx context.Context, box *mailbox, last int) ([]item, int, error) {
	for range tries {
		p, err := s.page(ctx, box, last)
		if err != nil {
			return nil, 0, err
		}
		if int(p.Last) == last {
			return itemsOf(p), last, nil
		}
		last = max(1, int(p.Last))
	}
	return nil, 0, outcome.Temporary(listGrows, errors.New("the last page moves on"))
}

func (s *sender) page(ctx context.Context, box *mailbox, n int) (page, error) {
	doing := fmt.Sprintf("a page of unread %s", box.name)
	data, err := s.ask(ctx, doing, http.MethodGet, fmt.Sprintf("%s?page=%d&limit=%d", box.path, n, pageSize), nil)
	if err != nil {
		return page{}, err
	}
	return readPage(doing, data)
}

// readPage reads the data of an answer that is a page. A list of nothing may be an empty list instead of a page.
func readPage(doing string, data json.RawMessage) (page, error) {
	var p page
	var none []json.RawMessage
	if json.Unmarshal(data, &none) == nil && len(none) == 0 {
		return page{}, nil
	}
	if json.Unmarshal(data, &p) != nil {
		return page{}, outcome.Temporary(unreadableAnswer, errors.New(doing+": the data is no page"))
	}
	return p, nil
}

// itemsOf takes a page apart, each element for itself: one that cannot be read later holds back no other.
func itemsOf(p page) []item {
	items := make([]item, 0, len(p.Data))
	for _, body := range p.Data {
		i := item{key: dedupe.Find(webhook.Call{Body: body}), body: body}
		if i.key == "" {
			sum := sha256.Sum256(body)
			i.key = "unnamed-" + hex.EncodeToString(sum[:])
		}
		if f, err := readJSON(body); err == nil && !f.at().IsZero() {
			i.at = f.at().Unix()
		}
		items = append(items, i)
	}
	return items
}

// newestFirst says that a page is listed so. The order of these lists is not documented.
func newestFirst(items []item) bool {
	return len(items) > 0 && items[0].at > items[len(items)-1].at
}

// oldestFirst turns a page that is listed the other way, in place: what has the same second keeps its order too.
func oldestFirst(items []item) []item {
	if newestFirst(items) {
		slices.Reverse(items)
	}
	return items
}

func byTime(a, b item) int { return int(max(-1, min(1, a.at-b.at))) }
