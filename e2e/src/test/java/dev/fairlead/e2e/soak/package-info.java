/** What becomes of Fairlead over hours: errors, memory and descriptors while one fault follows another. */
@NullMarked
package dev.fairlead.e2e.soak;

import org.jspecify.annotations.NullMarked;
