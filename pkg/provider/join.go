package provider

import "strings"

// JoinNonEmpty joins the parts that are not empty: ", " and "Calle Mayor 1", "", "Madrid" make "Calle Mayor 1, Madrid".
func JoinNonEmpty(separator string, parts ...string) string {
	given := make([]string, 0, len(parts))
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, separator)
}
