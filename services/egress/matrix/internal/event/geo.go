package event

import (
	"math"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

// location reads an m.location. Its body describes the place, or repeats the coordinates where nobody described it.
func location(fields Object) *messagev1.Content {
	body := fields.Text("body")
	uri := fields.Text("geo_uri")
	// MSC3488, which clients send besides
	extensible := fields.In("org.matrix.msc3488.location")
	if uri == "" {
		uri = extensible.Text("uri")
	}
	latitude, longitude, ok := coordinates(uri)
	if !ok {
		return content.Text(words("location", body))
	}
	address := extensible.Text("description")
	if address == "" && !strings.Contains(body, "geo:") {
		address = body
	}
	return content.Location(latitude, longitude, address)
}

// coordinates reads a geo: URI of the Earth: https://www.rfc-editor.org/rfc/rfc5870#section-3.3
func coordinates(uri string) (latitude, longitude float64, ok bool) {
	rest, ok := strings.CutPrefix(uri, "geo:")
	if !ok {
		return 0, 0, false
	}
	rest, _, _ = strings.Cut(rest, ";")
	parts := strings.Split(rest, ",")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, 0, false
	}
	latitude, errLatitude := strconv.ParseFloat(parts[0], 64)
	longitude, errLongitude := strconv.ParseFloat(parts[1], 64)
	if errLatitude != nil || errLongitude != nil || !(math.Abs(latitude) <= 90) || !(math.Abs(longitude) <= 180) {
		return 0, 0, false
	}
	return latitude, longitude, true
}

// Geo is a place as a geo: URI.
func Geo(latitude, longitude float64) string {
	degrees := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	return "geo:" + degrees(latitude) + "," + degrees(longitude)
}
