package topology

import (
	"strconv"
	"strings"
)

// Size is a number of bytes for a person: "1.5 GB". Units are those of the configuration, powers of 1,024. Less than 1 MB is a
// part of it: "0.5 MB".
func Size(bytes int64) string {
	n, unit := float64(bytes)/(1<<20), "MB"
	for _, larger := range []string{"GB", "TB"} {
		if n < 1024 {
			break
		}
		n, unit = n/1024, larger
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " " + unit
}
