package history

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/services/control/history/internal/cursor"
	"github.com/bonychat/puente/services/control/history/internal/projection"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Failures is a page of messages that failed and stand so, the newest failure first, and the token of the next page. A message
// is one failure, however many of its parts failed; one that was brought back and arrived is none any more. The history
// knows no dead letters: numbers are 0, and a filter with a number, or for calls or statuses, finds nothing. Where the request asks
// for what was sent again, it is that instead, by when it had failed.
func (h *History) Failures(ctx context.Context, q *controlv1.ListFailuresRequest) (page []*controlv1.Failure, next string, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, "", err
	}
	defer done()
	page, next, err = f.failures(ctx, q)
	return page, next, h.failed("list failures", err)
}

func (f reader) failures(ctx context.Context, q *controlv1.ListFailuresRequest) (page []*controlv1.Failure, next string, err error) {
	of, size := cursor.Question(&controlv1.ListFailuresRequest{Filter: q.GetFilter(), Resent: q.GetResent()}), cursor.PageSize(q.GetPageSize())
	token, err := cursor.Open(q.GetPageToken(), of)
	if err != nil {
		return nil, "", err
	}
	behind, err := f.behind(ctx, token)
	if err != nil {
		return nil, "", err
	}
	where, args := failureWhere(q.GetFilter(), q.GetResent())
	if behind != nil {
		where, args = where+" AND x.at <= ? AND (x.at < ? OR x.message < ?)", append(args, behind.at, behind.at, behind.message)
	}
	from := "SELECT x.at, x.kind, x.generation, x.part, x.service, 0, x.why, m.id, m.trace, m.slot, m.contact, c.id, n.name FROM failures x"
	if q.GetResent() {
		from = "SELECT x.at, x.kind, 0, 0, '', x.again, x.why, m.id, m.trace, m.slot, m.contact, c.id, n.name FROM resent x"
	}
	var at int64
	err = f.Each(ctx, from+` JOIN messages m USING (message) JOIN channels c ON c.channel = x.channel JOIN networks n USING (network)
		WHERE `+where+" ORDER BY x.at DESC, x.message DESC LIMIT ?", append(args, size+1), func(rows *sql.Rows) error {
		if len(page) == size {
			last := page[size-1]
			next = cursor.Cursor{At: at, ID: last.GetId(), Channel: last.GetChannel(), Network: last.GetNetwork(), Of: of}.Token()
			return nil
		}
		failure := &controlv1.Failure{}
		var generation, part uint32
		var again, slot int64
		var why []byte
		if err := rows.Scan(&at, &failure.Kind, &generation, &part, &failure.Service, &again, &why, &failure.Id, &failure.TraceId, &slot, &failure.ContactKey, &failure.Channel, &failure.Network); err != nil {
			return err
		}
		if failure.ResentAt = projection.Timestamp(again); again > 0 {
			_, _, failure.State = store.OpenSlot(slot)
		}
		failure.Time, failure.Why, failure.Key = projection.Timestamp(at), projection.ReadReason(why), fmt.Sprintf("%s-%d-%d", failure.Id, generation, part)
		page = append(page, failure)
		return nil
	})
	return page, next, err
}

// Resent is how many failed that fit a filter, were brought back, and have not failed anew.
func (h *History) Resent(ctx context.Context, q *controlv1.FailureFilter) (n uint64, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	where, args := failureWhere(q, true)
	err = f.Row(ctx, "SELECT count(*) FROM resent x WHERE "+where, args...).Scan(&n)
	return n, h.failed("count what was sent again", err)
}

// failureWhere is a filter as a condition on failures x, or on resent x.
func failureWhere(q *controlv1.FailureFilter, resent bool) (string, []any) {
	where, args := []string{"true"}, []any{}
	add := func(wanted bool, condition string, values ...any) {
		if wanted {
			where, args = append(where, condition), append(args, values...)
		}
	}
	add(q.GetChannel() != "", "x.channel IN (SELECT channel FROM channels WHERE id = ?)", q.GetChannel())
	add(q.GetNetwork() != "", "x.channel IN (SELECT channel FROM channels JOIN networks USING (network) WHERE name = ?)", q.GetNetwork())
	like := "%" + likeEscapes.Replace(q.GetReason()) + "%"
	add(q.GetReason() != "", `(x.code = ? OR x.en LIKE ? ESCAPE '\' OR x.es LIKE ? ESCAPE '\')`, q.GetReason(), like, like)
	add(q.GetFault() != reasonv1.Fault_FAULT_UNSPECIFIED, "x.fault = ?", int64(q.GetFault()))
	add(q.GetKind() != controlv1.FailureKind_FAILURE_KIND_UNSPECIFIED, "x.kind = ?", int64(q.GetKind()))
	add(q.GetSince() != nil, "x.at >= ?", q.GetSince().AsTime().UnixMicro())
	add(q.GetUntil() != nil, "x.at < ?", q.GetUntil().AsTime().UnixMicro())
	add(q.GetContact() != "", "x.message IN (SELECT message FROM messages WHERE contact_key = ?)", store.Contact(q.GetContact()))
	add(q.GetKey() != "", "x.message IN (SELECT message FROM messages WHERE id = ?)", idOf(q.GetKey()))
	if keys := q.GetKeys(); len(keys) > 0 {
		ids := make([]string, len(keys))
		for i, key := range keys {
			ids[i] = idOf(key)
		}
		add(true, "x.message IN (SELECT message FROM messages WHERE id IN ("+store.Marks(len(ids))+"))", store.Anys(ids)...)
		// of one that failed anew since the key is another one; what was sent again is known by its id alone
		const key = "(SELECT k.id FROM messages k WHERE k.message = x.message)"
		add(!resent, "("+key+" IN ("+store.Marks(len(keys))+") OR "+key+" || '-' || x.generation || '-' || x.part IN ("+store.Marks(len(keys))+"))", append(store.Anys(keys), store.Anys(keys)...)...)
	}
	add(q.GetNumber() != 0, "false")
	return strings.Join(where, " AND "), args
}

// idOf is the id of the message that a key is about.
func idOf(key string) string {
	if parts := sendKey.FindStringSubmatch(key); parts != nil {
		return parts[1]
	}
	return key
}

// likeEscapes has a text stand for itself in a LIKE.
var likeEscapes = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// Bounds of a summary.
const (
	mostGroups   = 200
	mostChannels = 20 // of a group
)

// Summary counts what [History.Failures] lists, by reason and kind, the most frequent first. A reason without a code, from an
// older version, is told apart by its sentence.
func (h *History) Summary(ctx context.Context, q *controlv1.FailureFilter) (*controlv1.SummarizeFailuresResponse, error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	answer, err := f.summary(ctx, q)
	return answer, h.failed("summarize failures", err)
}

// group is what failures are counted by.
type group struct {
	kind int64
	code string
}

func (f reader) summary(ctx context.Context, q *controlv1.FailureFilter) (*controlv1.SummarizeFailuresResponse, error) {
	where, args := failureWhere(q, false)
	answer := &controlv1.SummarizeFailuresResponse{}
	var order []group
	examples, groups := map[group]int64{}, map[group]*controlv1.FailureGroup{}
	err := f.Each(ctx, "SELECT x.kind, x.code, count(*), min(x.at), max(x.at), max(x.message) FROM failures x WHERE "+where+
		" GROUP BY x.kind, x.code ORDER BY 3 DESC, 5 DESC, 2", args, func(rows *sql.Rows) error {
		var key group
		var count uint64
		var first, last, example int64
		if err := rows.Scan(&key.kind, &key.code, &count, &first, &last, &example); err != nil {
			return err
		}
		answer.Total += count
		if len(order) < mostGroups {
			order, examples[key] = append(order, key), example
			groups[key] = &controlv1.FailureGroup{Count: count, Kind: controlv1.FailureKind(key.kind), First: projection.Timestamp(first), Last: projection.Timestamp(last)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := f.channelsOf(ctx, where, args, groups); err != nil {
		return nil, err
	}
	for _, key := range order {
		g := groups[key]
		var why []byte
		err := f.Row(ctx, "SELECT m.id, x.why FROM failures x JOIN messages m USING (message) WHERE x.message = ?", examples[key]).Scan(&g.Example, &why)
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // it is none any more
			return nil, err
		}
		g.Why = projection.ReadReason(why)
		answer.Groups = append(answer.Groups, g)
	}
	return answer, nil
}

// channelsOf adds to groups in which channels they happened, those with the most.
func (f reader) channelsOf(ctx context.Context, where string, args []any, groups map[group]*controlv1.FailureGroup) error {
	counts := map[group]map[int64]uint64{}
	err := f.Each(ctx, "SELECT x.kind, x.code, x.channel, count(*) FROM failures x WHERE "+where+" GROUP BY x.kind, x.code, x.channel", args, func(rows *sql.Rows) error {
		var key group
		var channel int64
		var count uint64
		if err := rows.Scan(&key.kind, &key.code, &channel, &count); err != nil {
			return err
		}
		if counts[key] == nil {
			counts[key] = map[int64]uint64{}
		}
		counts[key][channel] += count
		return nil
	})
	if err != nil {
		return err
	}
	names := map[int64]string{}
	if err := f.Each(ctx, "SELECT channel, id FROM channels", nil, func(rows *sql.Rows) error {
		var number int64
		var id string
		err := rows.Scan(&number, &id)
		names[number] = id
		return err
	}); err != nil {
		return err
	}
	for key, g := range groups {
		named := map[string]uint64{}
		for channel, n := range counts[key] {
			named[names[channel]] += n
		}
		g.Channels = mostFrequent(named)
	}
	return nil
}

// mostFrequent are the channels with the most, at most [mostChannels].
func mostFrequent(counts map[string]uint64) []string {
	var all []string
	for id := range counts {
		all = append(all, id)
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	return all[:min(len(all), mostChannels)]
}
