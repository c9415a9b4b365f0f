/** Every way an exchange can end, in one closed vocabulary. */
@NullMarked
package dev.fairlead.core.fail;

import org.jspecify.annotations.NullMarked;
