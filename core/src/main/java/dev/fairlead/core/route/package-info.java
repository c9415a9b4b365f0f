/** Which pool or redirect a request belongs to. */
@NullMarked
package dev.fairlead.core.route;

import org.jspecify.annotations.NullMarked;
