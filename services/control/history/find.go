package history

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Query is what messages are looked for by.
type Query struct {
	// Text is our id, or its first 8 characters or more; the network's id of a message; a trace id; or a contact's address as
	// it may be written: "+34 600 111 222".
	Text string
	// Channel is a channel's id, "" for all.
	Channel string
	// Since leaves out what was accepted before; the zero time leaves out nothing.
	Since time.Time
	// Limit is how many at most, 1 to 100.
	Limit int
}

// Found is what a [Query] found.
type Found struct {
	// Messages are the newest first. One alone has its hops.
	Messages []Message
	// Match says what the text was taken for; unspecified where nothing was found.
	Match controlv1.Match
	// More says that there are more than the limit.
	More bool
}

// shortestPrefix is how much of an id has to be given, in characters.
const shortestPrefix = 8

var (
	traceID = regexp.MustCompile(`^[0-9a-f]{32}$`)
	anID    = regexp.MustCompile(`^[0-9a-z]+$`)
	sendKey = regexp.MustCompile(`^([0-9a-zA-Z]+)-[0-9]{1,10}-[0-9a-z]{1,10}$`)
)

// Find looks for messages: by our id, the trace, the beginning of our id, the network's id, the contact, in this order, until
// something is found. It returns [ErrNotFound] where nothing is. Texts are only compared, whatever is in them.
func (h *History) Find(ctx context.Context, d Digester, q Query) (found Found, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return Found{}, err
	}
	defer done()
	found, err = f.find(ctx, d, q)
	return found, h.failed("find messages", err)
}

func (f reader) find(ctx context.Context, d Digester, q Query) (Found, error) {
	text := strings.TrimSpace(q.Text)
	lower := strings.ToLower(text)
	if key := sendKey.FindStringSubmatch(text); key != nil { // as dead letters are named
		lower = strings.ToLower(key[1])
	}
	for _, way := range []struct {
		match controlv1.Match
		find  func() ([]int64, error)
	}{
		{controlv1.Match_MATCH_ID, func() ([]int64, error) {
			return f.numbers(ctx, q, "FROM messages m WHERE m.id IN (?, ?)", text, lower)
		}},
		{controlv1.Match_MATCH_TRACE, func() ([]int64, error) {
			if !traceID.MatchString(lower) {
				return nil, nil
			}
			return f.numbers(ctx, q, "FROM keys k JOIN messages m USING (message) WHERE k.key = ?", store.Trace(lower))
		}},
		{controlv1.Match_MATCH_ID, func() ([]int64, error) {
			if len(lower) < shortestPrefix || !anID.MatchString(lower) {
				return nil, nil
			}
			return f.numbers(ctx, q, "FROM messages m WHERE m.id >= ? AND m.id < ?", lower, lower+"~")
		}},
		{controlv1.Match_MATCH_NETWORK_ID, func() ([]int64, error) {
			channels, err := f.channels(ctx, q.Channel)
			if err != nil {
				return nil, err
			}
			var keys []store.Key
			for _, c := range channels {
				keys = append(keys, store.Ref(record.RefDigest(d, c.network, c.id, text)))
			}
			return f.byKeys(ctx, q, "FROM keys k JOIN messages m USING (message) WHERE k.key IN ", keys)
		}},
		{controlv1.Match_MATCH_CONTACT, func() ([]int64, error) {
			channels, err := f.channels(ctx, q.Channel)
			if err != nil {
				return nil, err
			}
			keys := []store.Key{store.Contact(lower)} // a digest too, as the platform names some
			for _, c := range channels {
				for _, address := range addresses(text) {
					keys = append(keys, store.Contact(record.ContactDigest(d, c.id, address)))
				}
			}
			return f.byKeys(ctx, q, "FROM messages m WHERE m.contact_key IN ", keys)
		}},
	} {
		numbers, err := way.find()
		if err != nil {
			return Found{}, err
		}
		if len(numbers) > 0 {
			return f.found(ctx, q, way.match, numbers)
		}
	}
	return Found{}, ErrNotFound
}

// found reads the messages that were found, and the hops of one that is alone.
func (f reader) found(ctx context.Context, q Query, match controlv1.Match, numbers []int64) (Found, error) {
	found := Found{Match: match, More: len(numbers) > q.Limit}
	numbers = numbers[:min(len(numbers), q.Limit)]
	var err error
	if found.Messages, err = f.messages(ctx, numbers); err != nil {
		return Found{}, err
	}
	if len(found.Messages) == 1 && !found.More {
		m := found.Messages[0]
		m.Hops, err = f.hops(ctx, numbers[0], m.Message)
	}
	return found, err
}

// numbers are the messages of a question, the newest first: one more than the limit at most.
func (f reader) numbers(ctx context.Context, q Query, from string, args ...any) (numbers []int64, err error) {
	found, err := f.dated(ctx, q, from, args...)
	return newest(found, q.Limit+1), err
}

// dated is a message's number with when it was accepted.
type dated struct{ at, message int64 }

func (f reader) dated(ctx context.Context, q Query, from string, args ...any) (found []dated, err error) {
	query := "SELECT m.accepted_at, m.message " + from
	if q.Channel != "" {
		query, args = query+" AND m.channel IN (SELECT channel FROM channels WHERE id = ?)", append(args, q.Channel)
	}
	if !q.Since.IsZero() {
		query, args = query+" AND m.accepted_at >= ?", append(args, q.Since.UnixMicro())
	}
	query, args = query+" ORDER BY m.accepted_at DESC, m.message DESC LIMIT ?", append(args, q.Limit+1)
	err = f.Each(ctx, query, args, func(rows *sql.Rows) error {
		var d dated
		err := rows.Scan(&d.at, &d.message)
		found = append(found, d)
		return err
	})
	return found, err
}

// byKeys asks a question with any number of keys, and puts together what each part of it finds.
func (f reader) byKeys(ctx context.Context, q Query, from string, keys []store.Key) ([]int64, error) {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var all []dated
	for chunk := range slices.Chunk(keys, 500) {
		found, err := f.dated(ctx, q, from+"("+store.Marks(len(chunk))+")", store.Anys(chunk)...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return newest(all, q.Limit+1), nil
}

// newest are the numbers of the newest, at most so many.
func newest(all []dated, most int) (numbers []int64) {
	slices.SortFunc(all, func(a, b dated) int {
		if a.at != b.at {
			return cmpDown(a.at, b.at)
		}
		return cmpDown(a.message, b.message)
	})
	for _, d := range slices.Compact(all) {
		if len(numbers) == most {
			break
		}
		numbers = append(numbers, d.message)
	}
	return numbers
}

func cmpDown(a, b int64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// place is a channel by its names.
type place struct{ network, id string }

// channels are those that the history knows, or the ones with an id.
func (f reader) channels(ctx context.Context, id string) (all []place, err error) {
	err = f.Each(ctx, "SELECT n.name, c.id FROM channels c JOIN networks n USING (network) WHERE ? IN ('', c.id)", []any{id}, func(rows *sql.Rows) error {
		var at place
		err := rows.Scan(&at.network, &at.id)
		all = append(all, at)
		return err
	})
	return all, err
}

// separators are what people write between the digits of a phone number.
var separators = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "", "\u00a0", "")

var digits = regexp.MustCompile(`^(\+|00)?([0-9]{5,15})$`)

// addresses are the forms in which the translator may have met an address that somebody typed: as it is, and a phone
// number with its plus and without.
func addresses(text string) []string {
	all := []string{text, strings.ToLower(text)}
	if n := digits.FindStringSubmatch(separators.Replace(text)); n != nil {
		all = append(all, "+"+n[2], n[2])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
